// In a sandbox: the import itself. What a contract does not call is not imported.

export { now } from "tollgate:host/clock@0.1.0";
