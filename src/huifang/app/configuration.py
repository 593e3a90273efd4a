"""What an installation sets, read once from the environment. Every value has a default that suits one shop on one machine.

| variable | meaning | default |
|---|---|---|
| HUIFANG_DATA | folder of the database, keys, uploads | `var` in the working directory |
| HUIFANG_DATABASE | `postgresql://user:password@host:port/name` (`…?host=/folder` for a socket); empty: SQLite | empty |
| HUIFANG_HOSTS | host names that are served, separated by commas | loopback only |
| HUIFANG_TIME_ZONE | IANA zone of the business | Asia/Shanghai |
| HUIFANG_HTTPS | `1` where a proxy in front speaks HTTPS: secure cookies, HSTS | 0 |
| HUIFANG_DEBUG | `1` shows Django's debug pages; never in service | 0 |
| HUIFANG_DEMO | `1` marks a demo installation: demo logins are shown on the sign-in page, and nothing is really sent | 0 |
| HUIFANG_SMTP | mail server, `smtp://user:password@host:587?from=address`; empty: e-mails are written to the outbox folder | empty |
| HUIFANG_PUBLIC_URL | where customers and providers reach this installation, `https://…`; empty: no links in messages | empty |
| HUIFANG_PLAYBOOK_APPROVAL | a second person approves playbooks: `always`, `never`, `auto` (with more than one manager) | auto |
| HUIFANG_MASS_OVER | more messages than this of one programme on one day wait for a second person; `0`: never | 1000 |
| HUIFANG_PHONE | telephone that customers may call, for `{phone}` in messages | empty |
| HUIFANG_DIAL | link of a number, with `{number}` (+86…) or `{local}` (without): `sip:{local}@pbx`, `https://…` | `tel:{number}` |
| HUIFANG_PROXIES | addresses or networks of the proxies in front, separated by commas: whose `X-Forwarded-For` is believed | none |
| HUIFANG_WEBHOOK_HOSTS | internal hosts that webhooks may go to, `host:port`, separated by commas | none |
| HUIFANG_DEMO_CLOCK | seconds by which a demo's clock is moved, so that it opens on a working morning; only with HUIFANG_DEMO | 0 |
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from huifang.app.dialling import checked
from huifang.app.keys import Keyring, load_or_create


@dataclass(frozen=True, slots=True)
class Configuration:
    """The settings of one installation."""

    data: Path
    database: str
    hosts: tuple[str, ...]
    time_zone: str
    https: bool
    debug: bool
    demo: bool
    smtp: str = ""
    phone: str = ""
    dial: str = "tel:{number}"
    public_url: str = ""
    playbook_approval: str = "auto"
    clock_offset: int = 0
    webhook_hosts: tuple[str, ...] = ()
    proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    mass_over: int = 1000

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Configuration:
        """From environment variables."""
        hosts = tuple(host.strip() for host in environment.get("HUIFANG_HOSTS", "").split(",") if host.strip())
        return cls(
            data=Path(environment.get("HUIFANG_DATA", "var")).resolve(),
            database=environment.get("HUIFANG_DATABASE", ""),
            hosts=hosts or ("127.0.0.1", "localhost", "[::1]"),
            time_zone=environment.get("HUIFANG_TIME_ZONE", "Asia/Shanghai"),
            https=environment.get("HUIFANG_HTTPS") == "1",
            debug=environment.get("HUIFANG_DEBUG") == "1",
            smtp=environment.get("HUIFANG_SMTP", ""),
            phone=environment.get("HUIFANG_PHONE", ""),
            dial=checked(environment.get("HUIFANG_DIAL", "") or "tel:{number}"),
            public_url=environment.get("HUIFANG_PUBLIC_URL", "").rstrip("/"),
            playbook_approval=environment.get("HUIFANG_PLAYBOOK_APPROVAL", "auto"),
            demo=(demo := environment.get("HUIFANG_DEMO") == "1"),
            proxies=tuple(ip_network(each.strip()) for each in environment.get("HUIFANG_PROXIES", "").split(",") if each.strip()),
            webhook_hosts=tuple(each.strip() for each in environment.get("HUIFANG_WEBHOOK_HOSTS", "").split(",") if each.strip()),
            mass_over=int(environment.get("HUIFANG_MASS_OVER", "1000")),
            clock_offset=int(environment.get("HUIFANG_DEMO_CLOCK", "0")) if demo else 0,
        )

    def keys(self) -> Keyring:
        """The installation's secret keys, made at the first start."""
        return load_or_create(self.data / "keys.json")

    def databases(self) -> dict[str, dict[str, object]]:
        """Django's DATABASES."""
        return {"default": _postgresql(self.database) if self.database else _sqlite(self.data)}


def _sqlite(data: Path) -> dict[str, object]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": data / "huifang.sqlite3",
        "CONN_MAX_AGE": 600,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-65536;",
        },
    }


def _postgresql(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parse_qs(parts.query).get("host", [unquote(parts.hostname or "")])[0],
        "PORT": str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,  # a server that was restarted costs nobody a page
        "OPTIONS": {
            "pool": {"min_size": 1, "max_size": 8, "timeout": 10},
            # What is asked again and again is planned once by each connection: a page costs the database half as much.
            "server_side_binding": True,
            "prepare_threshold": 3,
        },
    }
