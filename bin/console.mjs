#!/usr/bin/env node
// Builds the console: `npm run console`.
import { buildIfNeeded } from '../console/build/build.mjs'

process.exitCode = buildIfNeeded((line) => process.stderr.write(line)) ? 0 : 1
