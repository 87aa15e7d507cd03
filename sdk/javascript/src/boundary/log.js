// In a sandbox: the import itself. What a contract does not call is not imported.

export { write } from "tollgate:host/log@0.1.0";
