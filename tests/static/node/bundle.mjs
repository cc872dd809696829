// Bundles the parser and all that it needs into the file that is named: its own modules import JSON in a way Node refuses.
import {buildSync} from "esbuild";

buildSync({entryPoints: ["parse.mjs"], outfile: process.argv[2], bundle: true, platform: "node", format: "cjs"});
