// In a sandbox: the capability itself. The build drops it if the contract does not call it.

export { write } from "tollgate:host/log@0.1.0";
