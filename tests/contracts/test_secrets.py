"""No secret, no address of a workplace and no registry stands in the repository."""

import re
import subprocess

from tests.contracts.source import ROOT

SECRET = re.compile(
    r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\n[A-Za-z0-9+/=]{20}"
    r"|\bSU[A-Z2-7]{56}\b"
    r"|\b(?:AKIA|ghp_|glpat-|xox[bp]-)[A-Za-z0-9]{10,}"
    r"|postgres(?:ql)?://[^\s:/{}'\"]+:[^\s@{}'\"]{4,}@(?!127\.0\.0\.1|localhost)"
)
WORKPLACE = re.compile(r"(?:\.\./shared/|/work/(?:main|shared)|/root/|/home/[a-z])")
TEXT = {".py", ".toml", ".md", ".sql", ".html", ".js", ".css", ".sh", ".lock", ".csv", ".typ", ".json", ".yaml", ".yml", ""}


def tracked() -> list[str]:
    """Files of the repository, and those that are about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [name for name in listed.stdout.splitlines() if (ROOT / name).suffix in TEXT and (ROOT / name).is_file()]


def test_no_secret_stands_in_the_repository() -> None:
    assert not [name for name in tracked() if SECRET.search((ROOT / name).read_text(errors="replace"))]


def test_no_path_of_a_workplace_stands_in_the_repository() -> None:
    own = "tests/contracts/test_secrets.py"
    wrong = [name for name in tracked() if name != own and WORKPLACE.search((ROOT / name).read_text(errors="replace"))]
    assert not wrong


def test_the_lock_names_no_registry_and_hashes_everything() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    assert not re.search(r"https?://|--index|--find-links|--trusted-host", lock)
    pinned = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==\S+[^\n]*\\\n\s+--hash=sha256:[0-9a-f]{64}", lock, re.M)
    assert len(pinned) == len(re.findall(r"^[A-Za-z0-9._\[\]-]+==", lock, re.M)) > 40
