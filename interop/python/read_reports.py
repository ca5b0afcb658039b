"""Reads a report of each form with a program that others read it with, and says what it holds, as JSON."""

import json
import sys

from junitparser import Failure, JUnitXml
from prometheus_client.openmetrics.parser import text_string_to_metric_families

junit_path, openmetrics_path = sys.argv[1:]

suites = JUnitXml.fromfile(junit_path)
cases = [case for suite in suites for case in suite]

with open(openmetrics_path, encoding="utf-8", newline="") as file:
    families = list(text_string_to_metric_families(file.read()))

json.dump(
    {
        "tests": suites.tests,
        "failures": suites.failures,
        "cases": [[case.name, [type(one).__name__ for one in case.result if isinstance(one, Failure)]] for case in cases],
        "types": {family.name: family.type for family in families},
        "units": {family.name: family.unit for family in families if family.unit},
        "samples": [[sample.name, sample.labels, sample.value] for family in families for sample in family.samples],
    },
    sys.stdout,
)
