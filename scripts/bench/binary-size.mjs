// The one file that is Podside.

import * as fs from "node:fs";

import { print } from "./measured.mjs";
import { binary } from "./podside.mjs";

print("binary", fs.statSync(binary).size / 1024 / 1024, "MiB");
