import os


def load(path):
    return getattr(os, "open", None)


load(1)
