// Package deployment reads the file with which an IT department ships the app
// registration, so that nobody has to enter it: where it lies, whether it can be
// trusted, and what it says. It takes no secret.
package deployment

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"miohub/platforms"
)

// Name is what the file is called wherever it lies.
const Name = "deployment.json"

// mostBytes is more than any such file needs.
const mostBytes = 1 << 20

// File is a deployment file that was read and found good.
type File struct {
	Path string
	// Hash is that of its content, in hexadecimal.
	Hash string
	// ShippedBy says in the file's own words who ships it.
	ShippedBy string
	// Platforms is what is shipped, by platform; a platform may be missing.
	Platforms map[platforms.ID]Platform
}

// Platform is what is shipped for one platform.
type Platform struct {
	// Files are texts of files, by the wizard's file part: "client".
	Files map[string]string
	// Values are the wizard's fields, by id.
	Values map[string]string
	// Features are switched on (true) or off.
	Features map[platforms.Feature]bool
	// TestPeople are the addresses of the people who may be acted for in tests.
	TestPeople []string
	// Source says how changes are noticed; "" leaves it.
	Source string
}

// Error says what is wrong with a deployment file.
type Error struct {
	Path string
	// Key is the place in the file, for example "google.values.project"; "" for
	// the file as a whole.
	Key    string
	Reason string
}

// Error implements error: the file, the key, the reason.
func (e *Error) Error() string {
	if e.Key == "" {
		return fmt.Sprintf("%s: %s", e.Path, e.Reason)
	}
	return fmt.Sprintf("%s: %s: %s", e.Path, e.Key, e.Reason)
}

// Paths are the places where a deployment file is looked for, in this order: the
// system's configuration, beside the program, the person's own configuration.
// The first that exists is used, alone.
func Paths() []string {
	dirs := systemDirs()
	if self, err := os.Executable(); err == nil {
		if real, err := filepath.EvalSymlinks(self); err == nil {
			self = real
		}
		dirs = append(dirs, besides(self)...)
	}
	if own, err := os.UserConfigDir(); err == nil {
		dirs = append(dirs, filepath.Join(own, "Mio Hub"))
	}
	var paths []string
	for _, d := range dirs {
		paths = append(paths, filepath.Join(d, Name))
	}
	return paths
}

// besides are the folders that count as beside the program: its own, and on a Mac
// the one that the application bundle lies in.
func besides(program string) []string {
	dir := filepath.Dir(program)
	dirs := []string{dir}
	if filepath.Base(dir) == "MacOS" && filepath.Base(filepath.Dir(dir)) == "Contents" {
		dirs = append(dirs, filepath.Dir(filepath.Dir(filepath.Dir(dir))))
	}
	return dirs
}

// Read reads the first of the files that exists; nil when there is none. What is
// wrong with it is an *Error.
func Read(paths []string, list []platforms.Platform) (*File, error) {
	for _, path := range paths {
		text, err := open(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, wrong(path, err)
		}
		f, err := Parse(text, list)
		if err != nil {
			return nil, wrong(path, err)
		}
		sum := sha256.Sum256(text)
		f.Path, f.Hash = path, hex.EncodeToString(sum[:])
		return &f, nil
	}
	return nil, nil
}

func wrong(path string, err error) error {
	var e *Error
	if !errors.As(err, &e) {
		e = &Error{Reason: err.Error()}
	}
	e.Path = path
	return e
}

// open reads a file that only those may have written who administer this
// computer, or the person who runs the program. What is checked is what is read:
// the file stays open in between.
func open(path string) (text []byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, &Error{Reason: "it is not a file"}
	case info.Size() > mostBytes:
		return nil, &Error{Reason: "it is too large for a deployment file"}
	}
	if err := trusted(f); err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(f, mostBytes))
}
