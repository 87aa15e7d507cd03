// In a sandbox: the capability itself. The build drops it if the contract does not call it.

export { now } from "tollgate:host/clock@0.1.0";
