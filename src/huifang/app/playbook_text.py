"""Reading the text of a playbook."""

from __future__ import annotations

from pydantic import ValidationError
from ruamel.yaml import YAML

from huifang.domain.errors import Place, PlaybookError, Problem
from huifang.domain.words import Words
from huifang.playbooks.schema import Playbook


def loads(text: str, file_name: str) -> Playbook:
    """The playbook of a text; raises `PlaybookError`."""
    try:
        return Playbook.model_validate(YAML(typ="safe").load(text))
    except ValidationError as error:
        remedy = Words("请改正后重新导入。", "Mend it and bring it in again.")
        raise PlaybookError(
            *(
                Problem("playbook.invalid", Words(one["msg"], one["msg"]), remedy, Place(file_name, key=" › ".join(map(str, one["loc"]))))
                for one in error.errors()
            )
        ) from None
