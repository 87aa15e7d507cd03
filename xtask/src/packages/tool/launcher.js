#!/usr/bin/env node
// Starts the binary of this platform, which npm has installed from an optional dependency.
"use strict";

const { spawn } = require("node:child_process");
const { constants } = require("node:os");

const name = `tollgate-cli-${process.platform}-${process.arch}`;

let binary;
try {
  binary = require.resolve(`${name}/bin/tollgate`);
} catch {
  console.error(`error: there is no binary of Tollgate for this platform: the package \`${name}\` is not installed`);
  console.error("  if it exists, install again without `--omit=optional`; if not, build Tollgate from source");
  process.exit(2);
}

const tool = spawn(binary, process.argv.slice(2), { stdio: "inherit" });
// The terminal sends Ctrl-C to both. The tool ends as it wants to, and this process as the tool does.
process.on("SIGINT", () => {});
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => tool.kill(signal));
tool.on("error", (error) => {
  console.error(`error: cannot start \`${binary}\`: ${error.message}`);
  process.exit(2);
});
tool.on("exit", (code, signal) => {
  process.exit(signal === null ? code : 128 + constants.signals[signal]);
});
