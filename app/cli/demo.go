package cli

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"

	"miohub/app/demo"
	"miohub/platforms/all"
	"miohub/platforms/sandbox"
)

// size adds the options that size a World.
func size(f *flag.FlagSet, seed *uint64, people, rooms *int) {
	f.Uint64Var(seed, "seed", 0, "what the tenants are made from; the same `number` makes the same tenants (default: by chance)")
	f.IntVar(people, "people", demo.DefaultPeople, "accounts in each tenant")
	f.IntVar(rooms, "rooms", demo.DefaultRooms, "spaces and channels in each tenant")
}

// exports adds the options for an organisation's own exports.
func exports(f *flag.FlagSet, google, microsoft *string) {
	f.StringVar(google, "google-csv", "", "make the Google tenant from this `file`, the Admin Console's “Download users”")
	f.StringVar(microsoft, "microsoft-csv", "", "make the Microsoft tenant from this `file`, Entra's “Download users”")
}

// checkSize explains sizes that make no World.
func checkSize(seed *uint64, people, rooms int) error {
	if people < 8 || people > 200_000 {
		return fmt.Errorf("%w: --people must lie between 8 and 200000", errUsage)
	}
	if rooms < 3 || rooms > 20_000 {
		return fmt.Errorf("%w: --rooms must lie between 3 and 20000", errUsage)
	}
	if *seed == 0 {
		var b [4]byte
		if _, err := rand.Read(b[:]); err != nil {
			return err
		}
		*seed = uint64(binary.BigEndian.Uint32(b[:]))
	}
	return nil
}

// openExports opens both files; the World needs both or neither.
func openExports(google, microsoft string) (g, m *os.File, closeBoth func(), err error) {
	if (google == "") != (microsoft == "") {
		return nil, nil, nil, fmt.Errorf("%w: --google-csv and --microsoft-csv go together", errUsage)
	}
	if google == "" {
		return nil, nil, func() {}, nil
	}
	if g, err = os.Open(google); err != nil {
		return nil, nil, nil, err
	}
	if m, err = os.Open(microsoft); err != nil {
		g.Close()
		return nil, nil, nil, err
	}
	return g, m, func() { g.Close(); m.Close() }, nil
}

func runDemo(ctx context.Context, args []string, s Streams) error {
	f := flags("demo", s)
	o := demo.Options{Platforms: all.Platforms(), Size: sandbox.Size{Speed: demo.Speed}}
	var google, microsoft string
	size(f, &o.Size.Seed, &o.Size.People, &o.Size.Rooms)
	exports(f, &google, &microsoft)
	f.IntVar(&o.Messages, "messages", demo.DefaultMessages, "messages that people say, both tenants together")
	asJSON := f.Bool("json", false, "print the report as one JSON object")
	f.StringVar(&o.Evidence, "evidence", "", "write what was said and what stands in each tenant to this `folder`")
	f.StringVar(&o.Sabotage, "sabotage", "", "tamper with one delivery, which must make the demo fail: "+strings.Join(demo.Sabotages(), ", "))
	if err := parse(f, args); err != nil {
		return err
	}
	if err := checkSize(&o.Size.Seed, o.Size.People, o.Size.Rooms); err != nil {
		return err
	}
	if o.Messages < 10 {
		return fmt.Errorf("%w: --messages must be at least 10", errUsage)
	}
	if o.Sabotage != "" && !slices.Contains(demo.Sabotages(), o.Sabotage) {
		return fmt.Errorf("%w: --sabotage takes one of %s", errUsage, strings.Join(demo.Sabotages(), ", "))
	}
	g, m, closeFiles, err := openExports(google, microsoft)
	if err != nil {
		return err
	}
	defer closeFiles()
	if g != nil {
		o.Google, o.Microsoft = g, m
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	o.Engine = func(dir string) *exec.Cmd { return exec.Command(self, "engine", "--data", dir, "--attached") }
	o.Say = func(format string, args ...any) { fmt.Fprintf(s.Err, format+"\n", args...) }
	report, err := demo.Run(ctx, o)
	if werr := writeReport(s.Out, report, *asJSON); werr != nil {
		return werr
	}
	if *asJSON {
		for _, f := range report.Findings {
			fmt.Fprintln(s.Err, "FAILED:", f)
		}
	}
	if err != nil || report.Result != "ok" {
		return errReported
	}
	return nil
}

func writeReport(w io.Writer, r *demo.Report, asJSON bool) error {
	if !asJSON {
		r.Text(w)
		return nil
	}
	b, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	_, err = fmt.Fprintf(w, "%s\n", b)
	return err
}
