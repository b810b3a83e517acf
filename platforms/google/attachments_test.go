package google

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"google.golang.org/api/chat/v1"

	"miohub/platforms"
)

func TestFileNamesAreNothingButNames(t *testing.T) {
	for name, want := range map[string]string{
		"report.pdf": "report.pdf", "../../etc/passwd": "passwd", `C:\Users\x\plan.docx`: "plan.docx", "": "file", "..": "file", " \u202e\x00\n": "file",
		"Übersicht 2026.xlsx": "Übersicht 2026.xlsx", "a\tb.txt": "ab.txt",
	} {
		if got := fileName(name); got != want {
			t.Errorf("%q is called %q, want %q", name, got, want)
		}
	}
	long := fileName(strings.Repeat("ü", 300) + ".tar.gz")
	if len(long) > maxFileName || !strings.HasSuffix(long, ".gz") || strings.ContainsRune(long, '\ufffd') {
		t.Errorf("a long name is called %q", long)
	}
	if all := fileName("." + strings.Repeat("x", 400)); len(all) > maxFileName {
		t.Errorf("an ending alone is called %q", all)
	}
}

func TestAFileIsReadWholeOrNotAtAll(t *testing.T) {
	broken := errors.New("broken")
	for what, tc := range map[string]struct {
		r    io.Reader
		size int64
		want error
	}{
		"as long as said": {strings.NewReader("12345"), 5, nil},
		"byte by byte":    {iotest.OneByteReader(strings.NewReader("12345")), 5, nil},
		"data with EOF":   {iotest.DataErrReader(strings.NewReader("12345")), 5, nil},
		"empty":           {strings.NewReader(""), 0, nil},
		"too short":       {strings.NewReader("1234"), 5, errNotWhole},
		"too long":        {strings.NewReader("123456"), 5, errNotWhole},
		"broken":          {io.MultiReader(strings.NewReader("12"), iotest.ErrReader(broken)), 5, broken},
	} {
		e := &exactly{r: tc.r, left: tc.size}
		if _, err := io.ReadAll(e); !errors.Is(err, tc.want) || !errors.Is(e.err, tc.want) {
			t.Errorf("%s: %v, noted %v", what, err, e.err)
		}
	}
}

func TestFilesOfMessagesAreMapped(t *testing.T) {
	m := &chat.Message{Attachment: []*chat.Attachment{
		{ContentName: "a.txt", ContentType: "text/plain", Source: uploadedContent, DownloadUri: "https://chat.google.com/x", AttachmentDataRef: &chat.AttachmentDataRef{ResourceName: "r"}},
		{ContentName: "Plan", ContentType: "application/vnd.google-apps.document", Source: driveFile, DriveDataRef: &chat.DriveDataRef{DriveFileId: "d1"}},
	}}
	got := filesOf(m)
	want := []platforms.File{
		{ID: "r", Name: "a.txt", Type: "text/plain", Size: -1, URL: "https://chat.google.com/x"},
		{Name: "Plan", Type: "application/vnd.google-apps.document", Size: -1, URL: "https://drive.google.com/open?id=d1"},
	}
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("files are %+v", got)
	}
}

func TestWhatTheChatAppCannotDoIsSaid(t *testing.T) {
	o := ready(t)
	truth, _, _ := o.talkative()
	room := platforms.RoomID("spaces/" + truth.ID)
	if _, err := o.conn.Files.Put(t.Context(), room, "", platforms.File{Name: "x", Size: 1}, strings.NewReader("x")); platforms.KindOf(err) != platforms.Unsupported {
		t.Errorf("upload: %v", err)
	}
	if err := o.conn.Reacts.React(t.Context(), room, "spaces/A/messages/m", "", "👍", true); platforms.KindOf(err) != platforms.Unsupported {
		t.Errorf("react: %v", err)
	}
	_ = o.values.Put(t.Context(), platforms.FeatureKey(platforms.FeatureFiles), "off")
	o.connect()
	if o.conn.Files != nil || o.conn.Messages.Features(room).MaxFile != 0 {
		t.Errorf("with files off there are %v, %+v", o.conn.Files, o.conn.Messages.Features(room))
	}
}
