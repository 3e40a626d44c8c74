#!/usr/bin/env python3
"""Fetches the corpora and the references, pinned by version; what is there is not fetched again.

They lie in the system's temporary directory, outside of any repository, as a user's copy would: rules of a repository
around them would be applied to them. `corpora.py [--large]` prints where; `--large` makes the 5 million lines too."""

import glob
import heapq
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile

BENCH = os.path.join(tempfile.gettempdir(), "qplan-bench")
SDISTS = [("Django", "5.2")]
CRATES = [("tokio", "1.54.1"), ("syn", "3.0.9")]
TOOLS = ["ast-grep-cli==0.51.1"]
# The grammar that judges roles in Rust.
GRAMMARS = ["tree-sitter==0.26.1", "tree-sitter-rust==0.24.2"]

LARGE_SDISTS = [*SDISTS, ("transformers", "4.46.3"), ("sympy", "1.13.3"), ("cinder", "25.0.0"),
                ("SQLAlchemy", "2.0.36"), ("nova", "30.0.0")]
LARGE_CRATES = [*CRATES, ("cargo", "0.85.0"), ("cranelift-codegen", "0.115.0"), ("ra_ap_ide_assists", "0.0.257"),
                ("naga", "23.1.0"), ("bevy_ecs", "0.15.4"), ("tracing", "0.1.44"), ("regex-automata", "0.4.18"),
                ("polars-core", "0.45.1")]
PARTS = 8
SOURCES = (".py", ".pyi", ".rs")
# What says where packages and crates begin, and for which versions they are.
MANIFESTS = ("Cargo.toml", "pyproject.toml", "setup.cfg", "setup.py")
# A folder of more lines is given to the parts piece by piece.
PIECE = 60_000
# To be raised when the way of dealing changes.
DEALT = 2


def run(*command, **more):
    subprocess.run(command, check=True, **more)


def venv():
    """The references that PyPI carries, in an environment of their own."""
    home = os.path.join(BENCH, "venv")
    if not os.path.exists(os.path.join(home, "bin", "ast-grep")):
        run(sys.executable, "-m", "venv", home)
        run(os.path.join(home, "bin", "pip"), "install", "-q", *TOOLS)
    return home


def grammars():
    """The folder of the environment's modules, with the grammars in it."""
    home = venv()
    (folder,) = glob.glob(os.path.join(home, "lib", "python*", "site-packages"))
    if not os.path.isdir(os.path.join(folder, "tree_sitter_rust")):
        run(os.path.join(home, "bin", "pip"), "install", "-q", *GRAMMARS)
    return folder


def sdist(name, version, home):
    """The sources of a distribution: only itself is taken as source, what its build asks for may be binary."""
    folder = os.path.join(BENCH, f"{name}-{version}")
    if not os.path.isdir(folder):
        with tempfile.TemporaryDirectory(dir=BENCH) as scratch:
            run(os.path.join(home, "bin", "pip"), "download", "-q", "--no-binary", name, "--no-deps",
                "--ignore-requires-python", "-d", scratch, f"{name}=={version}")
            (archive,) = os.listdir(scratch)
            unpack(os.path.join(scratch, archive), folder)
    return folder


def unpack(archive, folder):
    """Unpacks an archive of one folder as `folder`, whatever it is called inside."""
    stage = folder + ".part"
    shutil.rmtree(stage, ignore_errors=True)
    with tarfile.open(archive) as tar:
        tar.extractall(stage, filter="data")
    (inner,) = os.listdir(stage)
    os.rename(os.path.join(stage, inner), folder)
    os.rmdir(stage)


def crates(wanted):
    """The sources of crates, as the registry packs them, through cargo's own vendoring: their folders."""
    folders = [os.path.join(BENCH, f"{name}-{version}") for name, version in wanted]
    missing = [pin for pin, folder in zip(wanted, folders) if not os.path.isdir(folder)]
    if missing:
        with tempfile.TemporaryDirectory(dir=BENCH) as scratch:
            vendor(missing, scratch)
            for name, version in missing:
                packed = os.path.join(scratch, "vendor", f"{name}-{version}")
                os.rename(packed, os.path.join(BENCH, f"{name}-{version}"))
    return folders


def vendor(pins, scratch):
    """Vendors the crates, and what they need, below `scratch`."""
    needs = "".join(f'{name} = {{ version = "={version}", default-features = false }}\n' for name, version in pins)
    os.mkdir(os.path.join(scratch, "src"))
    with open(os.path.join(scratch, "src", "lib.rs"), "w"):
        pass
    with open(os.path.join(scratch, "Cargo.toml"), "w") as manifest:
        manifest.write(f'[package]\nname = "fetch"\nversion = "0.0.0"\nedition = "2021"\n'
                       f'[dependencies]\n{needs}[workspace]\n')
    run("cargo", "vendor", "-q", "--versioned-dirs", "vendor", cwd=scratch, stdout=subprocess.DEVNULL)


def stdlib():
    """The standard library of the Python at hand, without what was installed into it."""
    folder = os.path.join(BENCH, f"stdlib-{sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}")
    if not os.path.isdir(folder):
        stage = folder + ".part"
        shutil.rmtree(stage, ignore_errors=True)
        leave = shutil.ignore_patterns("site-packages", "__pycache__", "config-*", "*.so", "*.a")
        shutil.copytree(sysconfig.get_paths()["stdlib"], stage, ignore=leave)
        os.rename(stage, folder)
    return folder


def scratch():
    """Where this process keeps caches: two that measure at once do not clear each other's."""
    return os.path.join(BENCH, f"caches-{os.getpid()}")


def fetch():
    """All of them, by name."""
    os.makedirs(BENCH, exist_ok=True)
    home = venv()
    places = {name.lower(): sdist(name, version, home) for name, version in SDISTS}
    places.update(zip((name for name, _ in CRATES), crates(CRATES)))
    return places, os.path.join(home, "bin", "ast-grep")


def large():
    """The large corpus: its folder, and the lines and files of `part-0` … `part-7` in it."""
    pins = [f"{name}-{version}" for name, version in LARGE_SDISTS + LARGE_CRATES]
    folder, record = os.path.join(BENCH, "large"), os.path.join(BENCH, "large.json")
    if os.path.exists(record):
        with open(record) as file:
            known = json.load(file)
        if known["pins"] == pins and known.get("dealt") == DEALT:
            return folder, known["parts"]
    os.makedirs(BENCH, exist_ok=True)
    home = venv()
    packages = [sdist(name, version, home) for name, version in LARGE_SDISTS] + crates(LARGE_CRATES)
    shutil.rmtree(folder, ignore_errors=True)
    parts = deal(packages, folder)
    with open(record, "w") as file:
        json.dump({"pins": pins, "dealt": DEALT, "parts": parts}, file)
    for package in set(packages) - {os.path.join(BENCH, f"{n}-{v}") for n, v in SDISTS + CRATES}:
        shutil.rmtree(package)
    return folder, parts


def deal(packages, folder):
    """Copies the packages' sources into parts of about equal lines, the largest pieces first, and Rust before Python:
    each part gets as much of both."""
    dealt = [piece for package in packages for piece in pieces(package)]
    dealt.sort(key=lambda piece: (is_python(piece), -sum(lines for _, lines in piece), piece[0]))
    parts = [{"lines": 0, "files": 0} for _ in range(PARTS)]
    lightest = [(0, part) for part in range(PARTS)]
    for piece in dealt:
        lines, part = heapq.heappop(lightest)
        for path, _ in piece:
            place = os.path.join(folder, f"part-{part}", os.path.relpath(path, BENCH))
            os.makedirs(os.path.dirname(place), exist_ok=True)
            shutil.copyfile(path, place)
        lines += sum(lines for _, lines in piece)
        parts[part]["lines"] = lines
        parts[part]["files"] += sum(path.endswith(SOURCES) for path, _ in piece)
        heapq.heappush(lightest, (lines, part))
    return parts


def pieces(folder):
    """The sources and manifests below a folder, with their lines: as one piece, or where they are many, those of each
    folder in it and those of the files that lie in it directly."""
    own, below = [], []
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.is_dir(follow_symlinks=False):
            below.extend(pieces(entry.path))
        elif entry.is_file(follow_symlinks=False) and (entry.name.endswith(SOURCES) or entry.name in MANIFESTS):
            own.append((entry.path, count(entry.path) if entry.name.endswith(SOURCES) else 0))
    whole = own + [file for piece in below for file in piece]
    if sum(lines for _, lines in whole) <= PIECE:
        return [whole] if whole else []
    return [*cut(own), *below]


def cut(files):
    """Files one after another, in runs of no more lines than a piece has, or of one file."""
    runs, lines = [], 0
    for path, more in files:
        if not runs or lines + more > PIECE:
            runs.append([])
            lines = 0
        runs[-1].append((path, more))
        lines += more
    return runs


def is_python(piece):
    return not any(path.endswith(".rs") for path, _ in piece)


def count(path):
    """The lines of a file, by their feeds."""
    with open(path, "rb") as file:
        return file.read().count(b"\n")


def main():
    found, ast_grep = fetch()
    for name, place in found.items():
        print(f"{name}\t{place}")
    print(f"ast-grep\t{ast_grep}")
    if "--large" in sys.argv[1:]:
        folder, parts = large()
        for number, part in enumerate(parts):
            print(f"part-{number}\t{part['lines']} lines\t{part['files']} files")
        print(f"{folder}\t{sum(part['lines'] for part in parts)} lines\t{sum(part['files'] for part in parts)} files")


if __name__ == "__main__":
    main()
