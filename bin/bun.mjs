#!/usr/bin/env node
// Runs a script of this package with Bun: `node bin/bun.mjs test/run.ts …`.
import { launch } from './launch.mjs'

const [script, ...args] = process.argv.slice(2)
if (script === undefined) {
  process.stderr.write('Usage: node bin/bun.mjs <script> [arguments]\n')
  process.exitCode = 2
} else {
  launch(script, args)
}
