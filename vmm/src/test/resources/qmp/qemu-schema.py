#!/usr/bin/env python3
"""Writes QEMU's schema as lines, for SchemaTest: asks the qemu-system-x86_64 that is installed.

Only commands and events that SchemaTest may need are kept, so that the file stays small."""
import json, subprocess, sys

qemu = subprocess.Popen(
    ["qemu-system-x86_64", "-machine", "none", "-S", "-nodefaults", "-display", "none", "-qmp", "stdio"],
    stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def ask(command):
    qemu.stdin.write(json.dumps({"execute": command}).encode() + b"\n")
    qemu.stdin.flush()
    return json.loads(qemu.stdout.readline())["return"]


qemu.stdout.readline()
ask("qmp_capabilities")
schema = ask("query-qmp-schema")
qemu.kill()
types = {entry["name"]: entry for entry in schema}
lines = set()


def walk(path, name, within):
    entry = types[name]
    kind = entry["meta-type"]
    if kind == "builtin":
        lines.add(f"{path} {entry['json-type']}")
    elif kind == "enum":
        lines.add(f"{path} string")
    elif kind == "array":
        walk(path + "[]", entry["element-type"], within)
    elif kind == "alternate":
        for member in entry["members"]:
            walk(path, member["type"], within)
    elif name not in within:
        lines.add(f"{path} object")
        for member in entry["members"]:
            walk(path + "/" + member["name"], member["type"], within | {name})
        for variant in entry.get("variants", []):
            walk(path, variant["type"], within | {name})


SKIP = ("block", "blockdev", "drive", "nbd", "chardev", "migrate", "query-block", "query-named-block",
        "query-stats", "query-migrate", "transaction", "display", "input-send", "query-netdev", "query-sev",
        "BLOCK", "query-display", "query-replay", "query-spice", "query-vnc", "VNC", "SPICE", "x-blockdev",
        "set-", "change", "calc", "query-jobs", "job-", "JOB", "x-debug", "guest-", "RDMA",
        "COLO", "query-colo", "query-tpm", "query-xen", "xen", "client", "query-cpu-",
        "query-block-jobs", "query-cpu-model", "QUORUM", "NIC", "eject", "screendump", "snapshot", "x-exit")


def skipped(name):
    return name.startswith(SKIP) and name not in KEPT


KEPT = ("block_resize", "blockdev-del", "query-block", "BLOCK_IO_ERROR")
for entry in schema:
    if entry["name"] == "blockdev-add":  # its members alone: each driver has many more
        lines.add("blockdev-add arguments object")
        lines.add("blockdev-add returns object")
        for member in types[entry["arg-type"]]["members"]:
            walk("blockdev-add arguments/" + member["name"], member["type"], frozenset())
    elif entry["meta-type"] == "command" and not skipped(entry["name"]):
        walk(entry["name"] + " arguments", entry["arg-type"], frozenset())
        walk(entry["name"] + " returns", entry["ret-type"], frozenset())
    elif entry["meta-type"] == "event" and not skipped(entry["name"]):
        walk(entry["name"] + " data", entry["arg-type"], frozenset())
sys.stdout.write("".join(line + "\n" for line in sorted(lines)))
