package cli

import (
	"os"
	"os/exec"
	"runtime"
)

// openBrowser shows a page in the person's browser: that of BROWSER, where it is
// set, else the system's. It does not wait for it.
func openBrowser(url string) error {
	var cmd *exec.Cmd
	switch own := os.Getenv("BROWSER"); {
	case own != "":
		cmd = exec.Command(own, url)
	case runtime.GOOS == "windows":
		cmd = exec.Command("rundll32", "url.dll,FileProtocolHandler", url)
	case runtime.GOOS == "darwin":
		cmd = exec.Command("open", url)
	default:
		cmd = exec.Command("xdg-open", url)
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	return cmd.Process.Release()
}
