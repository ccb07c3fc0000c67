// Package faults holds the tests of the fault matrix (docs/faults.md): the real
// collector, through the real client, into a real store, while the network, the
// server or the organization misbehaves. It has no code of its own.
//
// What a test compares is the store, row by row, with that of a pass that nothing
// disturbed. A scope that the ledger calls complete has to hold the same rows; in
// one that it does not, nothing may be made up and nothing may be closed.
package faults
