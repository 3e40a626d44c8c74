"""Prints src/project/python/names.txt: names that Python itself brings, so that no answer depends on the machine.

    python3 benches/stdlib_names.py > src/project/python/names.txt

The names of the version that runs it are joined with those that older and newer versions have (PEP 594 and what is
new), listed below, so that the file does not change with the interpreter.
"""

import builtins
import sys

GONE = """aifc asynchat asyncore audioop binhex cgi cgitb chunk crypt distutils imghdr imp lib2to3 mailcap msilib nis
nntplib ossaudiodev pipes smtpd sndhdr spwd sunau telnetlib uu xdrlib asyncio compression annotationlib string
tomllib concurrent""".split()
NEW = ["PythonFinalizationError", "ExceptionGroup", "BaseExceptionGroup", "EncodingWarning", "anext", "aiter"]
MODULE = "__name__ __doc__ __file__ __package__ __spec__ __loader__ __path__ __builtins__ __debug__ __dict__".split()


def members(cls):
    return sorted(name for name in dir(cls) if name not in dir(object))


def main():
    names = sorted({n for n in dir(builtins) if n != "_"} | set(NEW) | set(MODULE) | {"reveal_type", "WindowsError"})
    modules = sorted({n for n in sys.stdlib_module_names if not n.startswith("_")} | set(GONE) | {"__future__"})
    print("# builtins")
    print(" ".join(names))
    print("# modules")
    print(" ".join(modules))
    print("# members of builtin classes, those of `object` left out")
    for name in sorted(vars(builtins)):
        cls = getattr(builtins, name)
        if isinstance(cls, type) and cls.__name__ == name and cls is not object:
            print(" ".join([name, *members(cls)]))


main()
