"""澜溪市, a city that does not exist: addresses, telephone numbers, number plates, e-mail addresses.

No value here can reach anybody:

* Telephones are ``13490`` and six digits. 1349 has the form of a mobile number (every library and carrier rule takes
it), but was set apart
  for a satellite service and is given to no mobile subscriber. `is_invented` tells such numbers, so that a driver
  can refuse to dial them.
* Plates begin 浙M: Zhejiang's cities use 浙A to 浙L.
* E-mail goes to ``example.com``, which RFC 2606 reserves.
"""

from __future__ import annotations

from random import Random

CITY = "浙江省澜溪市"
PHONE_BLOCK = "13490"
_PLATE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # I and O are not used on plates
_DISTRICTS = {
    "城中区": ("人民路", "解放街", "澜溪路", "学院路", "和平巷", "府前街", "文昌路", "中山北路"),
    "湖东区": ("湖滨大道", "东湖路", "柳堤路", "望湖街", "芦荡路", "新安路", "莲花路"),
    "高新区": ("创业大道", "科技二路", "云杉路", "兴业街", "光华路", "产业园东路"),
    "青塘县": ("青塘大街", "枫桥路", "茶园路", "朝阳街", "溪口路"),
}
_ESTATES = (
    "翠苑小区", "湖畔花园", "金桂苑", "阳光新城", "锦绣家园", "望江名邸", "柳岸春晓", "桃源里", "澜溪壹号",
    "和顺家园", "丽景花苑", "紫荆公寓",
    "东方名都", "枫林雅居", "水岸华庭", "文昌花苑", "安康小区", "银杏苑", "海棠湾", "状元府", "机电宿舍", "百合公寓",
)  # fmt: skip
_TOWNS = ("溪口镇", "枫桥镇", "白石乡", "茶园镇", "下渡村", "上塘村", "石桥头村", "前洋村")


def address(rng: Random) -> str:
    """A postal address in the invented city."""
    district = rng.choices(tuple(_DISTRICTS), (40, 28, 20, 12))[0]
    if district == "青塘县" and rng.random() < 0.5:
        return f"{CITY}青塘县{rng.choice(_TOWNS)}{rng.randint(1, 180)}号"
    street = rng.choice(_DISTRICTS[district])
    estate, house, stairs = rng.choice(_ESTATES), rng.randint(1, 32), rng.randint(1, 3)
    home = f"{estate}{house}幢{stairs}单元{rng.randint(1, 18)}0{rng.randint(1, 4)}室"
    return f"{CITY}{district}{street}{rng.randint(1, 620)}号{home}"


def is_invented(number: str) -> bool:
    """Whether a telephone number is one of those made here, however it is written.

    >>> is_invented("+86 134-9012-3456")
    True
    """
    digits = "".join(sign for sign in number if sign.isdigit())
    return digits[-11:].startswith(PHONE_BLOCK) and len(digits) in {11, 13, 15}


class Numbers:
    """Hands out telephone numbers and plates, none twice."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._phones: set[int] = set()
        self._plates: set[str] = set()

    def phone(self) -> str:
        """Eleven digits."""
        while (tail := self._rng.randrange(1_000_000)) in self._phones:
            pass
        self._phones.add(tail)
        return f"{PHONE_BLOCK}{tail:06d}"

    def plate(self, *, electric: bool = False) -> str:
        """``浙M3K712``, or ``浙MD12345`` for an electric car."""
        while (plate := self._drawn(electric=electric)) in self._plates:
            pass
        self._plates.add(plate)
        return plate

    def _drawn(self, *, electric: bool) -> str:
        number = self._rng.randrange(100_000)
        if electric:
            return f"浙MD{number:05d}"
        letter = _PLATE_LETTERS[self._rng.randrange(24)]
        place = self._rng.randrange(5)
        digits = f"{number:05d}"
        return f"浙M{digits[:place]}{letter}{digits[place + 1 :]}"


def email(rng: Random, code: str) -> str:
    """An address at a reserved domain."""
    return f"{code.lower()}.{rng.randrange(100, 999)}@example.com"
