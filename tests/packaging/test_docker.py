"""The Docker files, read: no Docker engine is needed to see that what they name exists."""

import ast
import re
import shlex
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
#: What the official image declares (Dockerfile of odoo:19).
IMAGE_VOLUMES = ("/var/lib/odoo", "/mnt/extra-addons")
#: Wheels that need a library of the system's: package -> Debian/Ubuntu package.
SYSTEM_LIBRARIES = {"lightgbm": "libgomp1"}


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


@pytest.fixture(scope="module")
def dockerfile():
    """Instructions of the Dockerfile as (name, rest), continuation lines joined."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    text = text.replace("\\\n", " ")
    return [tuple(line.split(maxsplit=1)) for line in text.splitlines() if line.strip()]


def instructions(dockerfile, name):
    return [rest for found, rest in dockerfile if found == name]


def variables(text):
    """``${NAME}``, ``${NAME:-default}`` and ``${NAME:?message}`` of a compose file."""
    pattern = r"(?<!\$)\$\{(\w+)(?::([-?])([^}]*))?\}"
    return {name: (kind, value) for name, kind, value in re.findall(pattern, text)}


def example_variables():
    lines = (ROOT / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_image_is_the_official_one(dockerfile):
    assert instructions(dockerfile, "FROM") == ["odoo:19"]


def test_everything_copied_exists_and_is_sent_to_docker(dockerfile):
    allowed = (ROOT / ".dockerignore").read_text().splitlines()
    for copied in instructions(dockerfile, "COPY"):
        *sources, _target = copied.split()
        for source in sources:
            assert (ROOT / source).exists(), f"COPY {source}"
            assert f"!{source}" in allowed, f".dockerignore leaves {source} out"


def test_nothing_is_copied_into_a_volume(dockerfile):
    """Compose keeps the old container's anonymous volumes: a new image's files would be hidden."""
    for copied in instructions(dockerfile, "COPY"):
        target = copied.split()[-1]
        assert not target.startswith(IMAGE_VOLUMES), target


def test_image_installs_the_requirements_and_what_their_wheels_need(dockerfile):
    commands = " && ".join(instructions(dockerfile, "RUN"))
    copied = {c.split()[0]: c.split()[-1] for c in instructions(dockerfile, "COPY")}
    assert f"--requirement {copied['requirements.txt']}" in " ".join(commands.split())
    pinned = (ROOT / "requirements.txt").read_text()
    needed = {library for name, library in SYSTEM_LIBRARIES.items() if f"{name}==" in pinned}
    assert needed
    installed = set(re.search(r"apt-get install ([^&]+)", commands)[1].split())
    assert needed <= installed


def test_image_does_not_run_as_root(dockerfile):
    assert instructions(dockerfile, "USER")[-1] == "odoo"


def test_addons_path_is_where_the_addons_are(dockerfile, compose):
    target = next(c.split()[1] for c in instructions(dockerfile, "COPY") if c.startswith("addons "))
    option = f"--addons-path={target}"
    assert option in instructions(dockerfile, "CMD")[0]
    assert option in compose["services"]["odoo"]["command"]


def test_compose_installs_our_addons(compose):
    (option,) = [w for w in compose["services"]["odoo"]["command"] if w.startswith("--init=")]
    manifests = ROOT.glob("addons/*/__manifest__.py")
    ours = {
        path.parent.name
        for path in manifests
        # what glues two modules together comes by itself
        if not ast.literal_eval(path.read_text()).get("auto_install")
    }
    named = set(option.removeprefix("--init=").split(","))
    assert ours <= named, "an addon of ours is not installed"
    assert named <= ours, "an addon that does not exist, or comes by itself, is installed"


def test_services_have_health_checks_and_wait_for_each_other(compose):
    services = compose["services"]
    assert set(services) == {"db", "odoo"}
    for name, service in services.items():
        assert service["healthcheck"]["test"][0] == "CMD", name
        assert service["restart"] == "unless-stopped", name
    assert services["odoo"]["depends_on"] == {"db": {"condition": "service_healthy"}}
    # what the entry point of the official image reads
    settings = services["odoo"]["environment"]
    assert settings["HOST"] in services
    assert settings["USER"] == services["db"]["environment"]["POSTGRES_USER"]
    assert settings["PASSWORD"] == services["db"]["environment"]["POSTGRES_PASSWORD"]


def test_volumes_are_declared_and_named(compose):
    used = {}
    for service in compose["services"].values():
        for volume in service.get("volumes", []):
            name, target = volume.split(":")[:2]
            used[name] = target
    assert set(used) == set(compose["volumes"])
    assert used == {"db-data": "/var/lib/postgresql/data", "odoo-data": IMAGE_VOLUMES[0]}


def test_build_context_and_ports(compose):
    odoo = compose["services"]["odoo"]
    assert (ROOT / odoo["build"] / "Dockerfile").is_file()
    (port,) = odoo["ports"]
    assert port.startswith("127.0.0.1:"), "reachable from this machine only"
    assert port.endswith(":8069")
    assert "db" not in compose or "ports" not in compose["services"]["db"]


def test_variables_are_documented_and_secrets_are_required():
    named = variables((ROOT / "docker-compose.yml").read_text())
    example = example_variables()
    assert set(named) == set(example)
    for name, (kind, value) in named.items():
        if "PASSWORD" in name:
            assert kind == "?", f"{name} must have no default"
            assert example[name] == "", f"{name} must not be given away in the example"
        else:
            assert (kind, value) == ("-", example[name]), f"{name}: default and example differ"


def readme_commands():
    """Lines of the README's Docker section that call docker."""
    text = (ROOT / "README.md").read_text()
    section = re.search(r"^## Docker\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert section, "README.md has no section '## Docker'"
    blocks = re.findall(r"```sh\n(.*?)```", section[1], re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    return [shlex.split(line, comments=True) for line in lines if line.strip()]


#: ``docker compose`` commands with the options that the README may use.
COMPOSE_COMMANDS = {
    "up": {"--build", "--detach", "--wait"},
    "down": {"--volumes"},
    "logs": {"--follow"},
    "exec": set(),
    "ps": set(),
}


def test_readme_commands_match_the_files(compose):
    commands = readme_commands()
    docker = [words for words in commands if words[:1] == ["docker"]]
    assert docker, "README.md shows no docker command"
    assert ["cp", ".env.example", ".env"] in commands
    for words in docker:
        assert words[1] == "compose", words
        command, *rest = words[2:]
        assert command in COMPOSE_COMMANDS, words
        options = {word for word in rest if word.startswith("-")}
        named = [word for word in rest if not word.startswith("-")]
        if command == "exec":
            service, program, *_ = named
            assert service in compose["services"]
            # it would pass by the entry point, which tells Odoo where the database is
            assert (service, program) != ("odoo", "odoo"), words
        else:
            assert options <= COMPOSE_COMMANDS[command], words
            assert set(named) <= set(compose["services"]), words


def test_environment_file_is_kept_out_of_git():
    assert ".env" in (ROOT / ".gitignore").read_text().splitlines()
