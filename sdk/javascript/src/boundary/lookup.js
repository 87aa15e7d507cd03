// In a sandbox: the capability itself. The build drops it if the contract does not call it.

export { get, containsAny } from "tollgate:host/lookup@0.1.0";
