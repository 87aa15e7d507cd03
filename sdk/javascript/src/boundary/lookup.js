// In a sandbox: the import itself. What a contract does not call is not imported.

export { get, containsAny } from "tollgate:host/lookup@0.1.0";
