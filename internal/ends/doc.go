// Package ends holds the tests of what becomes of access when it ends: the whole way
// from the collection over the plan to the change, against a simulated GitHub, while
// somebody plays with the clock of the machine or with GitHub's answers. It has no
// code of its own.
package ends
