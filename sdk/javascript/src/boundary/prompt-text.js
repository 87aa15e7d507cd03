// In a sandbox: the capability itself. The build drops it if the contract does not call it.

export { read } from "tollgate:host/prompt-text@0.1.0";
