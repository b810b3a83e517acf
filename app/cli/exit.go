package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
)

// Exit codes of every command.
const (
	ExitOK      = 0
	ExitFailed  = 1 // it was tried and did not succeed
	ExitUsage   = 2 // the command was not understood
	ExitWaiting = 3 // done here; the vendor has not caught up yet
	ExitSignIn  = 4 // somebody has to sign in
	ExitOpen    = 5 // something is left for a person to fill in, confirm or choose
)

// exitCodes say in words what the exit codes mean, for help.
const exitCodes = `Exit status:
  0  done
  1  tried, and failed
  2  not understood
  3  done here, and the vendor has not caught up yet: try again later
  4  somebody has to sign in
  5  something is left for a person to fill in, confirm or choose
`

// ended is how a command ended that has said why already.
type ended struct{ code int }

// Error implements error.
func (e ended) Error() string { return fmt.Sprintf("ended with %d", e.code) }

// errUsage marks an error in how a command was called.
var errUsage = errors.New("usage")

// errReported: what went wrong has been said already.
var errReported = errors.New("failed")

// exitCode is the exit status for how a command ended, and says what has not
// been said yet.
func exitCode(name string, err error, to io.Writer) int {
	var e ended
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return ExitOK
	case errors.As(err, &e):
		return e.code
	case errors.Is(err, errUsage):
		if !errors.Is(err, errReported) {
			fmt.Fprintf(to, "miohub %s: %v\n", name, err)
		}
		return ExitUsage
	case errors.Is(err, errReported):
		return ExitFailed
	}
	fmt.Fprintf(to, "miohub %s: %v\n", name, err)
	return ExitFailed
}
