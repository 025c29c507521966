from __future__ import annotations

import pytest

from server.captions.gate import Permission, may_be_heard, tap_for


@pytest.mark.parametrize("on_stage", [True, False])
@pytest.mark.parametrize("muted", [True, False])
@pytest.mark.parametrize("tap_id", [None, 0, 7])
def test_only_an_unmuted_consenting_speaker_is_tapped(
    on_stage: bool, muted: bool, tap_id: int | None
) -> None:
    permission = Permission(on_stage, muted, tap_id)
    assert may_be_heard(permission) == (on_stage and not muted)
    assert tap_for(permission) == (tap_id if on_stage and not muted else None)
