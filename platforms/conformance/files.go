package conformance

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"

	"miohub/platforms"
	"miohub/platforms/sandbox"
)

// testFiles: a file arrives byte for byte in both directions, one that cannot be
// carried is refused, and one that broke off is shown to nobody.
func (s *suite) testFiles(t *testing.T) {
	t.Run("down", s.testFilesDown)
	t.Run("up", s.testFilesUp)
	t.Run("refused", s.testFilesRefused)
}

// content is data that no two tests share.
func content(size int) []byte {
	data := make([]byte, size)
	random := rand.NewChaCha8(sha256.Sum256([]byte{byte(size), byte(size >> 8), byte(size >> 16)}))
	_, _ = random.Read(data) // never fails
	return data
}

func (s *suite) testFilesDown(t *testing.T) {
	room, id := s.room(t)
	r, _ := s.tenant.Room(id)
	who := s.speakers(t)
	w := s.follow(t, room)
	shared := []sandbox.File{
		{ID: "conformance-1", Name: "Bericht ü.txt", Type: "text/plain", Data: []byte("small")},
		{ID: "conformance-2", Name: "picture.png", Type: "image/png", Data: content(3 << 20)},
		{ID: "conformance-3", Name: "empty", Type: "application/octet-stream"},
	}
	said, err := s.f.World.Share(s.f.Tenant, id, who[0].ID, "", s.emu.NewMessageID(), sandbox.Text("look at these"), shared)
	if err != nil {
		t.Fatal(err)
	}
	e := w.await(t, platforms.MessageCreated, s.f.Message(r, said), nil)
	if len(e.Files) != len(shared) || len(e.Lost) > 0 {
		t.Fatalf("%d files arrived as %+v, lost %v", len(shared), e.Files, e.Lost)
	}
	for i, f := range e.Files {
		if f.Name != shared[i].Name {
			t.Errorf("%s is called %q", shared[i].Name, f.Name)
		}
		body, told, err := s.conn.Files.Open(t.Context(), room, f)
		if err != nil {
			t.Fatalf("open %s: %v", f.Name, err)
		}
		data, err := io.ReadAll(body)
		if err != nil || !bytes.Equal(data, shared[i].Data) {
			t.Errorf("%s arrived with %d of %d bytes, %v", f.Name, len(data), len(shared[i].Data), err)
		}
		if told.Size >= 0 && told.Size != int64(len(data)) || told.Type == "" {
			t.Errorf("%s is told as %+v", f.Name, told)
		}
		if err := body.Close(); err != nil {
			t.Errorf("close %s: %v", f.Name, err)
		}
	}
}

// poster is whom files are posted as: a person where messages can be a person's.
func (s *suite) poster(t *testing.T, room platforms.RoomID) platforms.UserID {
	t.Helper()
	if s.conn.Messages.Features(room).PostAsPerson {
		return platforms.UserID(s.speakers(t)[0].ID)
	}
	return ""
}

// put uploads a file once it is let.
func (s *suite) put(t *testing.T, room platforms.RoomID, as platforms.UserID, f platforms.File, data []byte) platforms.Upload {
	t.Helper()
	var up platforms.Upload
	s.until(t, func() (err error) {
		up, err = s.conn.Files.Put(t.Context(), room, as, f, bytes.NewReader(data))
		return err
	})
	return up
}

func (s *suite) testFilesUp(t *testing.T) {
	room, id := s.room(t)
	as := s.poster(t, room)
	files := []platforms.File{
		{Name: "notes ü.txt", Type: "text/plain"},
		{Name: "big.bin", Type: "application/octet-stream"},
	}
	all := [][]byte{[]byte("a few words"), content(6<<20 + 11)}
	d := s.draft(room, as, "", plain("with files"))
	for i, f := range files {
		f.Size = int64(len(all[i]))
		up := s.put(t, room, as, f, all[i])
		if up.Ref == "" || up.Name == "" {
			t.Errorf("the upload of %s is %+v", f.Name, up)
		}
		d.Files = append(d.Files, up)
	}
	w := s.follow(t, room)
	sent := s.send(t, d)
	e := w.await(t, platforms.MessageCreated, sent.ID, nil)
	if len(e.Files) != len(files) {
		t.Fatalf("our message has the files %+v", e.Files)
	}
	for i, f := range e.Files {
		body, _, err := s.conn.Files.Open(t.Context(), room, f)
		if err != nil {
			t.Fatalf("open what was put: %v", err)
		}
		data, err := io.ReadAll(body)
		if err != nil || !bytes.Equal(data, all[i]) {
			t.Errorf("%s came back with %d of %d bytes, %v", f.Name, len(data), len(all[i]), err)
		}
		if err := body.Close(); err != nil {
			t.Error(err)
		}
	}
	if n := s.standing(id, "with files"); n != 1 {
		t.Errorf("the message stands %d times", n)
	}
}

func (s *suite) testFilesRefused(t *testing.T) {
	room, _ := s.room(t)
	as := s.poster(t, room)
	limit := s.conn.Messages.Features(room).MaxFile
	if limit <= 0 {
		t.Errorf("files are carried, yet the largest has %d bytes", limit)
	}
	_, err := s.conn.Files.Put(t.Context(), room, as, platforms.File{Name: "huge.bin", Size: limit + 1}, neverRead{t})
	if platforms.KindOf(err) != platforms.Invalid {
		t.Errorf("a file that is too large: %v (%s)", err, platforms.KindOf(err))
	}
	broken := errors.New("the source broke off")
	for what, r := range map[string]io.Reader{
		"a source that fails":     io.MultiReader(bytes.NewReader(content(2<<20)), iotest.ErrReader(broken)),
		"a source that ends soon": bytes.NewReader(content(1 << 20)),
	} {
		if up, err := s.conn.Files.Put(t.Context(), room, as, platforms.File{Name: "broken.bin", Size: 3 << 20}, r); err == nil {
			t.Errorf("%s makes the upload %+v", what, up)
		}
	}
	if _, _, err := s.conn.Files.Open(t.Context(), room, platforms.File{Name: "elsewhere", URL: "https://files.example/x"}); platforms.KindOf(err) != platforms.Unsupported {
		t.Errorf("opening what is only a link: %v", err)
	}
}

// neverRead is a source that nobody should have begun to read.
type neverRead struct{ t *testing.T }

// Read implements io.Reader.
func (n neverRead) Read([]byte) (int, error) {
	n.t.Error("a file that is too large was read")
	return 0, io.EOF
}
