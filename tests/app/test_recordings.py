"""Recordings: sealed at rest, of known types and sizes, heard by those who may, and every hearing in the audit trail."""

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given, settings
from hypothesis import strategies as st

from huifang.app import sealed_files
from huifang.app.access import recordings_for
from huifang.app.records.models import AuditEntry, Recording
from huifang.app.services import gate, recordings
from huifang.domain.errors import Conflict, Invalid, NotAllowed
from tests.app.cast import NOW, in_hand

WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(range(256)) * 700
"""Some 180 kB: three pieces."""


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def called(cast):
    followup, fence = in_hand(cast)
    gate.allow(cast.chen, followup.pk, fence, "phone", followup.customer.contact_points.get().pk, NOW)
    return followup


def _attach(cast, followup, data=WAV):
    return recordings.attach_file(cast.chen, followup.pk, iter([data[:5], data[5:]]), len(data), NOW)


def test_a_file_comes_back_as_it_went_in_and_lies_sealed(cast, called):
    kept = _attach(cast, called)
    assert (kept.media_type, kept.size) == ("audio/wav", len(WAV))
    assert b"".join(recordings.content(kept)) == WAV
    assert b"".join(recordings.content(kept, 70_000, 70_010)) == WAV[70_000:70_010]
    raw = recordings.path_of(kept).read_bytes()
    assert WAV[:16] not in raw
    assert bytes(range(200)) not in raw


def test_what_was_changed_swapped_or_cut_off_does_not_open(cast, called):
    kept = _attach(cast, called)
    path = recordings.path_of(kept)
    raw = path.read_bytes()
    path.write_bytes(raw[:100] + bytes([raw[100] ^ 1]) + raw[101:])
    with pytest.raises(InvalidTag):
        b"".join(recordings.content(kept))
    path.write_bytes(raw[: 2 * (len(raw) // 3)])
    with pytest.raises(EOFError):
        b"".join(recordings.content(kept))
    other = _attach(cast, called)
    path.write_bytes(recordings.path_of(other).read_bytes())
    with pytest.raises(InvalidTag):
        b"".join(recordings.content(kept))


def test_other_files_and_files_that_are_too_large_are_refused_and_leave_nothing(cast, called, monkeypatch, tmp_path):
    for data in (b"<html>", b"", b"MZ" * 100):
        with pytest.raises(Invalid, match="sound file"):
            _attach(cast, called, data)
    monkeypatch.setattr(recordings, "MOST_BYTES", 1000)
    with pytest.raises(Invalid, match="MB"):
        _attach(cast, called)
    with pytest.raises(Invalid, match="MB"):  # whoever says less than they send
        recordings.attach_file(cast.chen, called.pk, iter([WAV[:500], WAV[500:]]), 10, NOW)
    assert not Recording.objects.exists()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize("link", ["javascript:alert(1)", "file:///etc/passwd", "https://", "rec 1", "https://[", "https://a/" + "x" * 1000])
def test_only_web_addresses_are_links(cast, called, link):
    with pytest.raises(Invalid, match="web address"):
        recordings.attach_link(cast.chen, called.pk, link, NOW)


def test_a_link_is_kept_sealed_and_nothing_is_fetched(cast, called):
    kept = recordings.attach_link(cast.chen, called.pk, " https://pbx.example/rec/1 ", NOW)
    kept.refresh_from_db()
    assert kept.link == "https://pbx.example/rec/1"


def test_without_an_attempt_there_is_nothing_to_attach_to_and_ten_are_enough(cast):
    followup, fence = in_hand(cast)
    with pytest.raises(Conflict, match="no attempt yet"):
        recordings.attach_link(cast.chen, followup.pk, "https://a.example/", NOW)
    gate.allow(cast.chen, followup.pk, fence, "phone", followup.customer.contact_points.get().pk, NOW)
    for _time in range(10):
        recordings.attach_link(cast.chen, followup.pk, "https://a.example/", NOW)
    with pytest.raises(Conflict, match="10"):
        recordings.attach_link(cast.chen, followup.pk, "https://a.example/", NOW)


def test_an_agent_hears_their_own_a_supervisor_the_branchs_and_the_trail_says_who(cast, called):
    kept = _attach(cast, called)
    for person in (cast.chen, cast.tao, cast.wang):
        assert recordings.listen(person, kept.pk) == kept
    for person in (cast.lin, cast.stranger, cast.an):
        with pytest.raises(NotAllowed):
            recordings.listen(person, kept.pk)
    assert not recordings_for(cast.lin).exists()
    heard = AuditEntry.objects.filter(action="recording.heard", subject=f"recording:{kept.pk}")
    assert [entry.by for entry in heard] == [cast.chen, cast.tao, cast.wang]


@settings(max_examples=25)
@given(st.binary(max_size=300), st.integers(0, 310), st.integers(0, 310), st.lists(st.integers(1, 90), max_size=5))
def test_any_part_of_a_sealed_file_is_that_part(tmp_path_factory, data, start, stop, cuts):
    """With pieces of 64 bytes, cut as the network pleases."""
    path, size = tmp_path_factory.mktemp("sealed") / "file", 64
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealed_files, "PIECE", size)
        chunks, rest = [], data
        for cut in cuts:
            chunks, rest = [*chunks, rest[:cut]], rest[cut:]
        assert sealed_files.write(path, "name", [*chunks, rest]) == len(data)
        assert b"".join(sealed_files.read(path, "name", len(data), start, stop)) == data[start:stop]
        assert path.stat().st_size == sum(min(size, len(data) - at) + 34 for at in range(0, len(data), size))
    path.unlink()
