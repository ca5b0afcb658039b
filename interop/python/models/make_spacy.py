from pipeline import build, target

for version in ("3.8.0", "3.8.1"):
    build(target(), version, ">=3.8.0,<3.9.0")
