#!/usr/bin/env node
// What npm links as `gstd`: it is there before anything is built, which the bundle is not.
import '../dist/gstd.js'
