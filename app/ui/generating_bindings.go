//go:build bindings

package ui

import "os"

// Generating says that this build only writes the window's generated types:
// Run writes them and returns, and nothing needs to be opened before.
const Generating = true

// The toolkit reads what kind of types to write from the environment. The
// window's code expects interfaces, whoever starts the generator.
func beforeRun() { os.Setenv("tsoutputtype", "interfaces") } //nolint:errcheck // fails for malformed names only
