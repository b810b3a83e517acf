package microsoft

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"miohub/platforms"
	"miohub/platforms/microsoft/graph"
	"miohub/platforms/transport"
)

const itemID = "153fa47d-18c9-4179-be08-9879815a9f90"

// site is a team's site with the folder of its channel T/C, an upload session
// and a file elsewhere.
type site struct {
	*httptest.Server
	t *testing.T
	// drop loses the answer to the piece that begins there, after it arrived.
	drop int64
	// lose loses the request itself, once.
	lose int64

	got       bytes.Buffer // what the session holds
	name      string       // what the upload asked for
	sessions  int
	cancelled bool
}

func share(t *testing.T) (*files, *site) {
	t.Helper()
	s := &site{t: t, drop: -1, lose: -1}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	tr := transport.New(transport.Config{Name: string(ID), Pace: 1000})
	g, err := graph.New(s.URL+"/", tr.Client(secretToken{}, transport.HostOf(s.URL)).Transport)
	if err != nil {
		t.Fatal(err)
	}
	return &files{graph: g, http: tr}, s
}

// secretToken is a token that must not leave for another host.
type secretToken struct{}

func (secretToken) Token(context.Context) (string, error) { return "secret", nil }
func (secretToken) Drop(string)                           {}

func (s *site) serve(w http.ResponseWriter, r *http.Request) {
	token := r.Header.Get("Authorization") != ""
	if strings.HasPrefix(r.URL.Path, "/v1.0/") != token {
		s.t.Errorf("%s %s: token sent: %v", r.Method, r.URL.Path, token)
	}
	path := strings.TrimPrefix(r.URL.Path, "/v1.0")
	w.Header().Set("Content-Type", "application/json")
	switch {
	case path == "/teams/T/channels/C/filesFolder":
		fmt.Fprint(w, `{"id":"F","name":"General","webUrl":"https://c.sharepoint.example/sites/t/Shared%20Documents/General","parentReference":{"driveId":"D"}}`)
	case strings.HasPrefix(path, "/shares/") && strings.HasSuffix(path, "/driveItem"):
		drive := "D"
		if path == "/shares/u!"+"aHR0cHM6Ly9jLnNoYXJlcG9pbnQuZXhhbXBsZS9zaXRlcy9vdGhlci94/driveItem" {
			drive = "OTHER"
		}
		fmt.Fprintf(w, `{"id":"I","name":"plan.pdf","size":7,"file":{"mimeType":"application/pdf"},"parentReference":{"driveId":%q}}`, drive)
	case strings.HasSuffix(path, "/driveItem/content"):
		w.Header().Set("Location", s.URL+"/download?tempauth=x")
		w.WriteHeader(http.StatusFound)
	case path == "/download":
		fmt.Fprint(w, "content")
	case path == "/teams/T/channels/C/messages/1/replies/2/hostedContents/aWQ9/$value":
		w.Header().Set("Content-Type", "image/png")
		fmt.Fprint(w, "png")
	case strings.HasSuffix(path, ":/createUploadSession"):
		s.sessions++
		s.name = strings.TrimSuffix(strings.TrimPrefix(path, "/drives/D/items/F:/"), ":/createUploadSession")
		fmt.Fprintf(w, `{"uploadUrl":"%s/up/1","expirationDateTime":"2030-01-01T00:00:00Z"}`, s.URL)
	case path == "/up/1":
		s.session(w, r)
	default:
		s.t.Errorf("unexpected %s %s", r.Method, r.URL)
	}
}

// session keeps to the rules of an upload session: pieces in order, each but the
// last a multiple of 320 KiB.
func (s *site) session(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodDelete:
		s.cancelled = true
		w.WriteHeader(http.StatusNoContent)
		return
	case http.MethodGet:
		fmt.Fprintf(w, `{"nextExpectedRanges":["%d-"]}`, s.got.Len())
		return
	}
	var from, to, size int64
	if _, err := fmt.Sscanf(r.Header.Get("Content-Range"), "bytes %d-%d/%d", &from, &to, &size); err != nil {
		s.t.Error(err)
	}
	data, err := io.ReadAll(r.Body)
	if err != nil || int64(len(data)) != to-from+1 || r.ContentLength != int64(len(data)) {
		s.t.Errorf("%d bytes for %d-%d, %v", len(data), from, to, err)
	}
	if to+1 != size && len(data)%(320<<10) != 0 {
		s.t.Errorf("a piece of %d bytes", len(data))
	}
	if from == s.lose {
		s.lose = -1
		panic(http.ErrAbortHandler)
	}
	if from != int64(s.got.Len()) {
		w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
		return
	}
	s.got.Write(data)
	if from == s.drop {
		s.drop = -1
		panic(http.ErrAbortHandler)
	}
	if to+1 < size {
		w.WriteHeader(http.StatusAccepted)
		fmt.Fprintf(w, `{"nextExpectedRanges":["%d-"]}`, to+1)
		return
	}
	w.WriteHeader(http.StatusCreated)
	fmt.Fprintf(w, `{"id":"N","name":%q,"eTag":"\"{%s},1\"","size":%d,"file":{}}`, s.name, strings.ToUpper(itemID), size)
}

func TestFilesArePutInPieces(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789abcdef"), (2*piece+5_000)/16)
	for name, change := range map[string]func(*site){
		"as it should be":                 func(*site) {},
		"an answer is lost":               func(s *site) { s.drop = piece },
		"a request is lost":               func(s *site) { s.lose = piece },
		"the first answer is lost":        func(s *site) { s.drop = 0 },
		"the request of the last is lost": func(s *site) { s.lose = 2 * piece },
	} {
		t.Run(name, func(t *testing.T) {
			f, s := share(t)
			change(s)
			up, err := f.Put(t.Context(), "T/C", "", platforms.File{Name: "50% #1.txt", Size: int64(len(content))}, bytes.NewReader(content))
			if err != nil {
				t.Fatal(err)
			}
			if sha256.Sum256(s.got.Bytes()) != sha256.Sum256(content) || s.sessions != 1 || s.cancelled {
				t.Errorf("%d of %d bytes arrived in %d sessions, given up: %v", s.got.Len(), len(content), s.sessions, s.cancelled)
			}
			if up.Name != "50% #1.txt" || up.URL != "https://c.sharepoint.example/sites/t/Shared%20Documents/General/50%25%20%231.txt" {
				t.Errorf("shown as %+v", up)
			}
			shown, err := attachments([]platforms.Upload{up})
			if want := []graph.Attachment{{ID: itemID, ContentType: "reference", ContentURL: up.URL, Name: up.Name}}; err != nil || cmp.Diff(want, shown) != "" {
				t.Errorf("attached as %+v, %v", shown, err)
			}
		})
	}
}

func TestAFileThatCannotBePutLeavesNothing(t *testing.T) {
	big := bytes.Repeat([]byte("x"), piece+1)
	for name, c := range map[string]struct {
		size int64
		from io.Reader
		kind platforms.Kind
	}{
		"it is empty":                      {0, strings.NewReader(""), platforms.Invalid},
		"it ends too soon":                 {piece + 100, bytes.NewReader(big), platforms.Invalid},
		"nobody knows its length":          {-1, bytes.NewReader(big), platforms.Invalid},
		"it is larger than SharePoint is":  {maxFile + 1, strings.NewReader("x"), platforms.Invalid},
		"its source fails":                 {piece + 100, io.MultiReader(bytes.NewReader(big), iotest.ErrReader(errors.New("gone"))), platforms.Internal},
		"its source fails at once":         {9, iotest.ErrReader(errors.New("gone")), platforms.Internal},
		"the room is none":                 {1, strings.NewReader("x"), platforms.NotFound},
		"its source has a platform's fail": {piece + 100, io.MultiReader(bytes.NewReader(big), iotest.ErrReader(&platforms.Error{Kind: platforms.TryLater})), platforms.TryLater},
	} {
		t.Run(name, func(t *testing.T) {
			f, s := share(t)
			room := platforms.RoomID("T/C")
			if c.kind == platforms.NotFound {
				room = "nowhere"
			}
			_, err := f.Put(t.Context(), room, "", platforms.File{Name: "a.txt", Size: c.size}, c.from)
			if platforms.KindOf(err) != c.kind {
				t.Errorf("got %v (%s)", err, platforms.KindOf(err))
			}
			if s.sessions != 0 && !s.cancelled {
				t.Error("the session was not given up")
			}
		})
	}
	f, s := share(t)
	if _, err := f.Put(t.Context(), "T/C", "", platforms.File{Name: "short", Size: -1}, strings.NewReader("short")); err != nil || s.got.String() != "short" {
		t.Errorf("a short one of unknown length: %q, %v", s.got.String(), err)
	}
}

func TestFilesAreReadWhereTheyBelong(t *testing.T) {
	f, _ := share(t)
	file := platforms.File{ID: sharedFile + "https://c.sharepoint.example/sites/t/plan.pdf", Name: "plan.pdf", Size: -1}
	body, told, err := f.Open(t.Context(), "T/C", file)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(body); string(got) != "content" || err != nil || body.Close() != nil {
		t.Errorf("read %q, %v", got, err)
	}
	if told.Size != 7 || told.Type != "application/pdf" {
		t.Errorf("told %+v", told)
	}
	body, told, err = f.Open(t.Context(), "T/C", platforms.File{ID: hostedFile + "T/C/1/2 aWQ9", Name: "image", Size: -1})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(body); string(got) != "png" || err != nil || body.Close() != nil || told.Name != "image.png" || told.Type != "image/png" || told.Size != 3 {
		t.Errorf("read %q, %v, told %+v", got, err, told)
	}
	// The bridge account could read it; the people of this channel perhaps not.
	file.ID = sharedFile + "https://c.sharepoint.example/sites/other/x"
	if _, _, err := f.Open(t.Context(), "T/C", file); platforms.KindOf(err) != platforms.Forbidden {
		t.Errorf("a file of another team: %v", err)
	}
	if _, _, err := f.Open(t.Context(), "T/C", platforms.File{URL: "https://x.example"}); platforms.KindOf(err) != platforms.Unsupported {
		t.Errorf("a link: %v", err)
	}
}

func TestFileNamesAreTakenBySharePoint(t *testing.T) {
	for in, want := range map[string]string{
		"plan.pdf": "plan.pdf", "a:b*c?.txt": "a_b_c_.txt", "../../etc/passwd": "passwd", `C:\x\y.doc`: "y.doc", " .hidden. ": "hidden",
		"": "file", "CON.txt": "file CON.txt", "~$lock.docx": "file lock.docx", "x\x00\ny": "x__y", "Ärger 日本.png": "Ärger 日本.png",
		"desktop.ini": "file desktop.ini", "a_vti_b": "a_vti-b", "/": "_",
	} {
		if got := fileName(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
	if got := fileName(strings.Repeat("ü", 300) + ".jpeg"); len(got) > maxFileName || !strings.HasSuffix(got, "ü.jpeg") {
		t.Errorf("a long one becomes %q", got)
	}
}

func TestAMessageNamesItsFiles(t *testing.T) {
	const link = "https://c.sharepoint.example/sites/t/Shared%20Documents/General/a.txt"
	m := message(t, "1", 10, 10, `,"body":{"contentType":"html","content":"<p>hi<img alt=\"image\" src=\"https://graph.microsoft.com/v1.0/teams/x/channels/y/messages/9/hostedContents/aWQ9/$value\"></p><p><img src=\"https://tracker.example/x.gif\"></p><attachment id=\"g1\"></attachment><attachment id=\"card\"></attachment>"},
		"attachments":[{"id":"g1","contentType":"reference","contentUrl":"`+link+`","name":"a.txt"},{"id":"card","contentType":"application/vnd.microsoft.card.adaptive"}]`)
	_, files, lost := said(m, "t/c/1")
	want := []platforms.File{
		{ID: sharedFile + link, Name: "a.txt", Size: -1, URL: link},
		{ID: hostedFile + "t/c/1 aWQ9", Name: "image", Size: -1},
	}
	if diff := cmp.Diff(want, files); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"1 image", "1 attachment"}, lost); diff != "" {
		t.Errorf("lost (-want +got):\n%s", diff)
	}
	for _, src := range []string{"", "https://x.example/a.png", "https://x.example/hostedContents/a", "https://x.example/hostedContents//$value", "https://x.example/hostedContents/a%2Fb/$value", "https://x.example/hostedContents/a/b/$value"} {
		if id := hostedID(src); id != "" {
			t.Errorf("%q has the id %q", src, id)
		}
	}
}
