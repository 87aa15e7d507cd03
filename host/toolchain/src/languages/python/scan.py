"""Reads the modules of a contract without running them, and lists what is sure to go wrong.

`tollgate build` runs this with the folder of the modules, before a build that takes long. It prints one JSON document.
Only what is written out is listed: a rule whose name is computed is not found here, and that is no mistake.
"""

import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path

CONSTRUCTORS = {"info", "warning", "error", "critical"}
# The SDK, what a build generates, and modules of the component's Python that this one may be too old to know.
PROVIDED = {"tollgate", "wit_world", "componentize_py_types", "annotationlib", "compression"}


def finding_names(tree: ast.Module) -> tuple[set[str], set[str]]:
    """Returns the names by which a module calls the SDK's `Finding` and the SDK itself."""
    findings, modules = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module in ("tollgate", "tollgate.report"):
            findings |= {one.asname or one.name for one in node.names if one.name == "Finding"}
        if isinstance(node, ast.Import):
            modules |= {one.asname or one.name for one in node.names if one.name == "tollgate"}
    return findings, modules


def is_finding(node: ast.expr, findings: set[str], modules: set[str]) -> bool:
    """Returns whether an expression is the SDK's class `Finding`."""
    if isinstance(node, ast.Name):
        return node.id in findings
    is_member = isinstance(node, ast.Attribute) and node.attr == "Finding"
    return is_member and isinstance(node.value, ast.Name) and node.value.id in modules


def named_rule(call: ast.Call, findings: set[str], modules: set[str]) -> str | None:
    """Returns the rule of a call that makes a finding, if it is written out."""
    maker = call.func
    if isinstance(maker, ast.Attribute) and maker.attr in CONSTRUCTORS:
        maker = maker.value
    if not is_finding(maker, findings, modules):
        return None
    given = call.args[:1] or [one.value for one in call.keywords if one.arg == "rule"]
    rule = given[0] if given else None
    return rule.value if isinstance(rule, ast.Constant) and isinstance(rule.value, str) else None


def is_print(call: ast.Call) -> bool:
    """Returns whether a call prints to standard output."""
    is_elsewhere = any(one.arg in ("file", None) for one in call.keywords)
    return isinstance(call.func, ast.Name) and call.func.id == "print" and not is_elsewhere


def is_for_running(node: ast.stmt) -> bool:
    """Returns whether a statement only matters where the module is run as a program."""
    return isinstance(node, ast.If) and ast.unparse(node.test).startswith("__name__ ==")


def missing_imports(tree: ast.Module, own: set[str]) -> Iterator[tuple[int, str]]:
    """Yields the modules that a module imports in any case, and that neither Python nor the contract has."""
    for node in tree.body:
        names = []
        if isinstance(node, ast.Import):
            names = [one.name for one in node.names]
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names = [node.module]
        for name in names:
            top = name.partition(".")[0]
            if top not in own | PROVIDED | sys.stdlib_module_names:
                yield node.lineno, top


def scan(path: Path, name: str, own: set[str]) -> tuple[list[dict], list[dict], list[dict]]:
    """Returns the rules, the prints and the missing imports of a module, each with its place."""
    tree = ast.parse(path.read_bytes(), name)
    tree.body = [node for node in tree.body if not is_for_running(node)]
    findings, modules = finding_names(tree)
    rules, prints = [], []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        place = {"file": name, "line": node.lineno}
        rule = named_rule(node, findings, modules)
        if rule is not None:
            rules.append({**place, "rule": rule})
        if is_print(node):
            prints.append(place)
    missing = [{"file": name, "line": line, "module": top} for line, top in missing_imports(tree, own)]
    return rules, prints, missing


def main(folder: Path) -> None:
    rules, prints, missing, error = [], [], [], None
    own = {path.stem for path in folder.iterdir()} if folder.is_dir() else set()
    for path in sorted(folder.rglob("*.py")):
        name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
        try:
            own_rules, own_prints, own_missing = scan(path, name, own)
        except SyntaxError as wrong:
            error = error or {"file": name, "line": wrong.lineno or 1, "message": wrong.msg}
        except (OSError, ValueError, RecursionError):
            # The build will say what is wrong with it.
            continue
        else:
            rules += own_rules
            prints += own_prints
            missing += own_missing
    found = {"rules": rules, "prints": prints, "missing": missing, "error": error}
    json.dump({"version": list(sys.version_info[:2]), **found}, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
