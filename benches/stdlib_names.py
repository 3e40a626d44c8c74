"""Prints src/project/python/names.txt: names that Python itself brings, so that no answer depends on the machine.

    python3 benches/stdlib_names.py > src/project/python/names.txt

The names of the version that runs it, which is to be 3.11 for the file that is checked in, are joined with those that
other versions from 3.0 to 3.15 have. A name that some of them lack says which do, by the minor versions of the first
and the last: `tomllib:11-` came with 3.11, `distutils:-11` was in 3.11 for the last time.

Sources: "What's New in Python" 3.1 to 3.15, PEP 594 (modules until 3.12), PEP 632 (`distutils`), PEP 654, PEP 680,
PEP 749, PEP 799, PEP 814.
"""

import builtins
import sys

SPANS = {
    # Builtins that came.
    "callable": "2-", "ResourceWarning": "2-", "RecursionError": "5-", "StopAsyncIteration": "5-",
    "ModuleNotFoundError": "6-", "breakpoint": "7-",
    **dict.fromkeys("""BlockingIOError BrokenPipeError ChildProcessError ConnectionAbortedError ConnectionError
    ConnectionRefusedError ConnectionResetError FileExistsError FileNotFoundError InterruptedError IsADirectoryError
    NotADirectoryError PermissionError ProcessLookupError TimeoutError""".split(), "3-"),
    "aiter": "10-", "anext": "10-", "EncodingWarning": "10-", "BaseExceptionGroup": "11-", "ExceptionGroup": "11-",
    "PythonFinalizationError": "13-", "frozendict": "15-", "sentinel": "15-",
    # Modules that came.
    "argparse": "2-", "concurrent": "2-", "faulthandler": "3-", "ipaddress": "3-", "lzma": "3-", "venv": "3-",
    **dict.fromkeys("asyncio ensurepip enum pathlib selectors statistics tracemalloc".split(), "4-"), "typing": "5-",
    "zipapp": "5-", "secrets": "6-", "contextvars": "7-", "dataclasses": "7-",
    "graphlib": "9-", "zoneinfo": "9-", "tomllib": "11-", "annotationlib": "14-", "compression": "14-",
    "profiling": "15-",
    # Modules that went.
    "macpath": "-7", "dummy_threading": "-8", "formatter": "-9", "parser": "-9", "symbol": "-9", "binhex": "-10",
    "asynchat": "-11", "asyncore": "-11", "distutils": "-11", "imp": "-11", "smtpd": "-11",
    "sre_compile": "-14", "sre_constants": "-14", "sre_parse": "-14",
    **dict.fromkeys("""aifc audioop cgi cgitb chunk crypt imghdr lib2to3 mailcap msilib nis nntplib ossaudiodev pipes
    sndhdr spwd sunau telnetlib uu xdrlib""".split(), "-12"),
}
FUNCTIONS = "aiter anext breakpoint callable frozendict sentinel".split()
BUILTINS = [name for name in SPANS if name[0].isupper() or name in FUNCTIONS]
MODULES = [name for name in SPANS if name not in BUILTINS]
MODULE = "__name__ __doc__ __file__ __package__ __spec__ __loader__ __path__ __builtins__ __debug__ __dict__".split()


def spanned(names):
    return " ".join(f"{name}:{SPANS[name]}" if name in SPANS else name for name in sorted(names))


def members(cls):
    return sorted(name for name in dir(cls) if name not in dir(object))


def main():
    names = {n for n in dir(builtins) if n != "_"} | set(BUILTINS) | set(MODULE) | {"reveal_type", "WindowsError"}
    modules = {n for n in sys.stdlib_module_names if not n.startswith("_")} | set(MODULES)
    print("# builtins")
    print(spanned(names))
    print("# modules")
    print(spanned(modules | {"__future__"}))
    print("# members of builtin classes, those of `object` left out")
    for name in sorted(vars(builtins)):
        cls = getattr(builtins, name)
        if isinstance(cls, type) and cls.__name__ == name and cls is not object:
            print(" ".join([name, *members(cls)]))


main()
