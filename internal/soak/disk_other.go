//go:build !linux

package main

import "errors"

func smallDisk(string) (unmount func(), ok bool) { return func() {}, false }

func fill(string) (free func(), err error) { return nil, errors.New("there is no disk of its own") }
