// In a sandbox: the import itself. What a contract does not call is not imported.

export { read } from "tollgate:host/prompt-text@0.1.0";
