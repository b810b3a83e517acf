// Command miohub links an organisation's Google Chat and Microsoft Teams.
// Without an argument it opens the window; `miohub help` lists the rest.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"miohub/app/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Main(ctx, os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}, openWindow)
	stop()
	os.Exit(code)
}
