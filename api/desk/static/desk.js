// The desk's script: everything it does can also be done without it. Modules are small and know one thing each.
import { calls } from "./calls.js";
import { drafts } from "./drafts.js";
import { gun } from "./gun.js";
import { keys } from "./keys.js";
import { live } from "./live.js";
import { forms } from "./swap.js";
import { viewer } from "./viewer.js";
import { fields } from "./fields.js";

document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) window.print(); });
forms();
keys();
gun();
viewer();
drafts();
fields();
calls();
live();
