// Sets the global `console`. `tollgate build` imports this into contracts that declare the capability `log`.

import { logConsole } from "./console.js";

globalThis.console = logConsole;
