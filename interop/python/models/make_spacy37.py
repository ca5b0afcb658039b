from pipeline import build, target

build(target(), "3.7.1", ">=3.7.2,<3.8.0")
