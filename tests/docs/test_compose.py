"""docker-compose.yml is what the documents say: who sees what, and what nobody may do."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest

import analysis.config
import server.config

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = (ROOT / "docker-compose.yml").read_text("utf-8")
FILE: dict[str, Any] = msgspec.yaml.decode(COMPOSE)
SERVICES: dict[str, Any] = FILE["services"]


def mounts(service: str) -> dict[str, str]:
    return dict(reversed(volume.split(":")[:2]) for volume in SERVICES[service]["volumes"])


def test_there_are_the_three_processes_with_the_commands_of_the_supervisor() -> None:
    always = {name: each for name, each in SERVICES.items() if "profiles" not in each}
    assert {name: service["command"] for name, service in always.items()} == {
        "gate": ["python", "-m", "server", "gate"],
        "media": ["python", "-m", "server", "media-workers"],
        "analysis": ["python", "-m", "analysis"],
    }


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_has_more_rights_than_it_needs(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["user"] == "10001:10001"
    assert "healthcheck" in service


def test_only_the_gate_sees_the_database_and_the_pepper() -> None:
    assert mounts("gate")["/masil/db"] == "db"
    assert mounts("gate")["/masil/secrets"] == "keys"
    assert SERVICES["gate"]["secrets"] == ["pepper", "turn", "codes"]
    for name in ("media", "analysis"):
        assert not {"db", "keys"} & set(mounts(name).values())
        assert "secrets" not in SERVICES[name]
    assert "volumes" not in SERVICES["turn"]


def test_turn_is_asked_for_and_shares_a_secret_with_the_gate_and_an_address_with_media() -> None:
    turn, gate, media = (SERVICES[name]["environment"] for name in ("turn", "gate", "media"))
    assert SERVICES["turn"]["profiles"] == ["turn"]
    assert SERVICES["turn"]["secrets"] == ["turn"]
    assert turn["TURN_SECRET_FILE"] == gate["MASIL_TURN_SECRET_FILE"] == "/run/secrets/turn"
    assert turn["TURN_PEERS"] == media["MASIL_MEDIA_ADVERTISE"]
    (script,) = SERVICES["turn"]["command"]
    assert os.access(ROOT / script.lstrip("/"), os.X_OK)


def test_the_pepper_is_outside_the_volumes() -> None:
    pepper = SERVICES["gate"]["environment"]["MASIL_PEPPER_FILE"]
    assert pepper == "/run/secrets/pepper"
    assert not any(pepper.startswith(target + "/") for target in mounts("gate"))


def test_those_who_hear_voices_have_no_place_to_write_but_the_sockets() -> None:
    assert mounts("media") == {"/masil": "state"}
    assert mounts("analysis") == {"/masil": "state", "/masil/models": "models"}
    assert "models:/masil/models:ro" in SERVICES["analysis"]["volumes"]
    assert not any("tmpfs" in SERVICES[name] for name in ("media", "analysis"))
    assert SERVICES["analysis"]["network_mode"] == "none"


def test_every_setting_in_it_exists() -> None:
    known = {
        f"MASIL_{name.upper()}"
        for settings in (server.config.Settings, analysis.config.Settings)
        for name in settings.model_fields
    }
    assert set(re.findall(r"MASIL_[A-Z_]+", COMPOSE)) <= known


def test_every_folder_the_image_copies_exists_and_is_not_ignored() -> None:
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    copied = re.findall(
        r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text("utf-8"), re.M
    )
    for source in " ".join(copied).split():
        assert (ROOT / source).exists(), source
        assert f"!{source.split('/')[0]}" in ignored, source


def test_the_image_builds_its_own_c_loop() -> None:
    """One built on another machine may need another C library."""
    loop = "server/media/embedded/native/fan_out.so"
    assert loop in (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8")
    assert f"COPY --from=native /native/fan_out.so {Path(loop).parent}/" in dockerfile
    build = ROOT / Path(loop).with_name("build.sh")
    assert "RUN /native/build.sh" in dockerfile
    assert os.access(build, os.X_OK)


def has_compose() -> bool:
    if shutil.which("docker") is None:
        return False
    return subprocess.run(["docker", "compose", "version"], capture_output=True).returncode == 0


@pytest.mark.skipif(not has_compose(), reason="docker compose is not installed")
def test_docker_compose_understands_it() -> None:
    environment = os.environ | {"MASIL_MEDIA_ADVERTISE": '["203.0.113.7"]'}
    checked = subprocess.run(
        ["docker", "compose", "-f", str(ROOT / "docker-compose.yml"), "config", "--quiet"],
        capture_output=True,
        text=True,
        env=environment,
        timeout=30,
    )
    assert checked.returncode == 0, checked.stderr
