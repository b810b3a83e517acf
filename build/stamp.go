package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// once runs f unless the files behind it are as they were when f last succeeded
// and what it made is still there.
func (b *builder) once(name, made string, sources []string, f func() error) error {
	sum, err := b.sum(sources)
	if err != nil {
		return err
	}
	stamp := b.path("build", ".cache", strings.ReplaceAll(name, " ", "-"))
	old, err := os.ReadFile(stamp)
	if err == nil && string(old) == sum {
		if _, err := os.Stat(b.path(made)); err == nil {
			return nil
		}
	}
	if err := b.step(name, f); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(stamp), 0o755); err != nil {
		return err
	}
	return os.WriteFile(stamp, []byte(sum), 0o644)
}

// sum hashes files and folders, by path and content.
func (b *builder) sum(sources []string) (string, error) {
	var files []string
	for _, s := range sources {
		err := filepath.WalkDir(b.path(s), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "dist") {
				return fs.SkipDir
			}
			if !d.IsDir() {
				files = append(files, path)
			}
			return nil
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("read %s: %w", s, err)
		}
	}
	sort.Strings(files)
	h := sha256.New()
	for _, path := range files {
		if err := hashFile(h, path); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func hashFile(h io.Writer, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	fmt.Fprintf(h, "%s\n", path)
	_, err = io.Copy(h, f)
	return err
}
