//go:build !bindings

package ui

// Generating says that this build only writes the window's generated types.
const Generating = false

func beforeRun() {}
