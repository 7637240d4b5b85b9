#!/usr/bin/env node
// `npm start`: the console is built where it has to be, then the gateway is started. Without a console it starts all the same.
import { buildIfNeeded } from '../console/build/build.mjs'
import { launch } from './launch.mjs'

buildIfNeeded((line) => process.stderr.write(line))
launch('src/cli/main.ts', ['serve', ...process.argv.slice(2)])
