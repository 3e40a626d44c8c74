#!/usr/bin/env python3
"""Fetches the corpora and the references, pinned by version; what is there is not fetched again.

They lie in the system's temporary directory, outside of any repository, as a user's copy would: rules of a repository
around them would be applied to them."""

import os
import subprocess
import sys
import tarfile
import tempfile

BENCH = os.path.join(tempfile.gettempdir(), "qplan-bench")
SDISTS = [("Django", "5.2")]
CRATES = [("tokio", "1.54.1"), ("syn", "3.0.9")]
TOOLS = ["ast-grep-cli==0.51.1"]


def run(*command, **more):
    subprocess.run(command, check=True, **more)


def venv():
    """The references that PyPI carries, in an environment of their own."""
    home = os.path.join(BENCH, "venv")
    if not os.path.exists(os.path.join(home, "bin", "ast-grep")):
        run(sys.executable, "-m", "venv", home)
        run(os.path.join(home, "bin", "pip"), "install", "-q", *TOOLS)
    return home


def sdist(name, version, home):
    folder = os.path.join(BENCH, f"{name}-{version}")
    if not os.path.isdir(folder):
        run(os.path.join(home, "bin", "pip"), "download", "-q", "--no-binary", ":all:", "--no-deps",
            "-d", BENCH, f"{name}=={version}")
        (archive,) = [f for f in os.listdir(BENCH) if f.lower() == f"{name}-{version}.tar.gz".lower()]
        unpack(os.path.join(BENCH, archive), folder)
    return folder


def unpack(archive, folder):
    """Unpacks an archive of one folder as `folder`, whatever it is called inside."""
    stage = folder + ".part"
    with tarfile.open(archive) as tar:
        tar.extractall(stage, filter="data")
    (inner,) = os.listdir(stage)
    os.rename(os.path.join(stage, inner), folder)
    os.rmdir(stage)


def crate(name, version):
    """The sources of a crate, as the registry packs them, through cargo's own vendoring."""
    folder = os.path.join(BENCH, f"{name}-{version}")
    if not os.path.isdir(folder):
        scratch = os.path.join(BENCH, f"fetch-{name}")
        os.makedirs(os.path.join(scratch, "src"), exist_ok=True)
        with open(os.path.join(scratch, "Cargo.toml"), "w") as manifest:
            manifest.write(f'[package]\nname = "fetch"\nversion = "0.0.0"\nedition = "2021"\n'
                           f'[dependencies]\n{name} = "={version}"\n[workspace]\n')
        with open(os.path.join(scratch, "src", "lib.rs"), "w"):
            pass
        run("cargo", "vendor", "-q", "vendor", cwd=scratch, stdout=subprocess.DEVNULL)
        os.rename(os.path.join(scratch, "vendor", name), folder)
    return folder


def fetch():
    """All of them, by name."""
    os.makedirs(BENCH, exist_ok=True)
    home = venv()
    places = {name.lower(): sdist(name, version, home) for name, version in SDISTS}
    places.update({name: crate(name, version) for name, version in CRATES})
    return places, os.path.join(home, "bin", "ast-grep")


if __name__ == "__main__":
    found, ast_grep = fetch()
    for name, place in found.items():
        print(f"{name}\t{place}")
    print(f"ast-grep\t{ast_grep}")
