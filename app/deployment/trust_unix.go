//go:build !windows

package deployment

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// systemDirs are the folders for the configuration of every user.
func systemDirs() []string {
	if runtime.GOOS == "darwin" {
		return []string{"/Library/Application Support/Mio Hub"}
	}
	return []string{"/etc/mio-hub"}
}

// trusted refuses a file that somebody else than root and the person who runs the
// program could have written, or put in the place of another.
func trusted(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := owned(info, "it"); err != nil {
		return err
	}
	if mode := info.Mode().Perm(); mode&0o022 != 0 {
		return &Error{Reason: fmt.Sprintf("others may write to it (mode %04o); run chmod 644 on it", mode)}
	}
	real, err := filepath.EvalSymlinks(f.Name())
	if err != nil {
		return err
	}
	dir, err := os.Stat(filepath.Dir(real))
	if err != nil {
		return err
	}
	if err := owned(dir, "its folder"); err != nil {
		return err
	}
	// A folder of administrators, as /Applications is on a Mac, may be written to by
	// its group; one that everybody may write to may not hold it.
	if mode := dir.Mode().Perm(); mode&0o002 != 0 {
		return &Error{Reason: fmt.Sprintf("everybody may write to its folder (mode %04o); run chmod 755 on the folder", mode)}
	}
	return nil
}

func owned(info os.FileInfo, what string) error {
	st, ok := info.Sys().(*syscall.Stat_t)
	if ok && st.Uid != 0 && int(st.Uid) != os.Geteuid() {
		return &Error{Reason: fmt.Sprintf("%s belongs to user %d, who is neither root nor the one who runs Mio Hub", what, st.Uid)}
	}
	return nil
}
