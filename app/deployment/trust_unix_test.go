//go:build !windows

package deployment_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"miohub/app/deployment"
	"miohub/platforms/all"
)

func TestOnlyAFileThatOthersCannotWriteIsUsed(t *testing.T) {
	for _, c := range []struct {
		file, dir os.FileMode
		reason    string
	}{
		{0o644, 0o755, ""}, {0o600, 0o700, ""}, {0o664, 0o755, "chmod 644"}, {0o646, 0o755, "chmod 644"}, {0o644, 0o777, "chmod 755"},
	} {
		dir := filepath.Join(t.TempDir(), "shipped")
		path := filepath.Join(dir, deployment.Name)
		if err := errors.Join(os.Mkdir(dir, 0o700), os.WriteFile(path, []byte(`{"version":1,"shipped_by":"IT"}`), 0o600), os.Chmod(path, c.file), os.Chmod(dir, c.dir)); err != nil {
			t.Fatal(err)
		}
		f, err := deployment.Read([]string{filepath.Join(dir, "none"), path}, all.Platforms())
		if c.reason == "" && (err != nil || f == nil || f.Path != path || f.Hash == "") {
			t.Errorf("%04o in %04o: %+v, %v", c.file, c.dir, f, err)
		}
		if c.reason != "" && (err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), c.reason)) {
			t.Errorf("%04o in %04o: %v", c.file, c.dir, err)
		}
	}
	if f, err := deployment.Read([]string{filepath.Join(t.TempDir(), "none")}, nil); f != nil || err != nil {
		t.Errorf("without a file: %+v, %v", f, err)
	}
}
