package google

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"google.golang.org/api/chat/v1"
	"google.golang.org/api/googleapi"

	"miohub/platforms"
	"miohub/platforms/transport"
)

const (
	// maxFile is the largest file that Chat takes (media.upload: "up to 200 MB").
	maxFile = 209_715_200
	// maxFileName is how many bytes of a file's name are kept.
	maxFileName = 200

	uploadedContent = "UPLOADED_CONTENT"
	driveFile       = "DRIVE_FILE"
)

// attachments carries the files of messages, in streams.
type attachments struct {
	w       *workspace
	readers *readers
}

// filesOf are the files of a message. One that lies in Drive can only be opened
// there: its content is Drive's to give, and Drive is not asked for.
func filesOf(m *chat.Message) []platforms.File {
	var list []platforms.File
	for _, a := range m.Attachment {
		f := platforms.File{Name: a.ContentName, Type: a.ContentType, Size: -1, URL: a.DownloadUri}
		switch {
		case a.Source == driveFile || a.DriveDataRef != nil:
			if a.DriveDataRef != nil && a.DriveDataRef.DriveFileId != "" {
				f.URL = "https://drive.google.com/open?id=" + a.DriveDataRef.DriveFileId
			}
		case a.AttachmentDataRef != nil:
			f.ID = a.AttachmentDataRef.ResourceName
		}
		list = append(list, f)
	}
	return list
}

// Open reads a file in the name of the space's reader.
func (a *attachments) Open(ctx context.Context, room platforms.RoomID, f platforms.File) (io.ReadCloser, platforms.File, error) {
	const op = "download file"
	if f.ID == "" {
		return nil, f, &platforms.Error{
			Kind: platforms.Unsupported, Op: "google: " + op, Code: "only-a-link",
			Text: "the file does not lie in Google Chat and can only be opened where it lies",
		}
	}
	var body io.ReadCloser
	err := a.readers.withReader(ctx, room, func(who actor) error {
		api, err := a.w.chat(ctx, who)
		if err != nil {
			return err
		}
		answer, err := api.Media.Download(f.ID).Context(transport.Streaming(ctx)).Download()
		if err != nil {
			return failed(op, err)
		}
		f.Size = answer.ContentLength
		if f.Type == "" {
			f.Type = answer.Header.Get("Content-Type")
		}
		body = answer.Body
		return nil
	})
	return body, f, err
}

// Put uploads a file in a person's name, in one request that is not repeated.
// Until a message names it, nobody sees it. The Chat app has no right to upload.
func (a *attachments) Put(ctx context.Context, room platforms.RoomID, as platforms.UserID, f platforms.File, r io.Reader) (platforms.Upload, error) {
	const op = "upload file"
	if as == "" || as == appUser {
		return platforms.Upload{}, &platforms.Error{
			Kind: platforms.Unsupported, Op: "google: " + op, Code: "app-cannot-upload",
			Text: "Google Chat lets people upload files, and no Chat app",
		}
	}
	if f.Size < 0 || f.Size > maxFile {
		return platforms.Upload{}, &platforms.Error{
			Kind: platforms.Invalid, Op: "google: " + op, Code: "too-large",
			Text: fmt.Sprintf("the file has %d bytes; Google Chat takes up to %d", f.Size, maxFile),
		}
	}
	address, err := a.w.addressOf(ctx, as)
	if err != nil {
		return platforms.Upload{}, err
	}
	api, err := a.w.chat(ctx, actor{address, scopeMessages})
	if err != nil {
		return platforms.Upload{}, err
	}
	name, whole := fileName(f.Name), &exactly{r: r, left: f.Size}
	// A chunk size of 0 sends it in one piece, without holding it in memory.
	made, err := api.Media.Upload(string(room), &chat.UploadAttachmentRequest{Filename: name}).
		Media(whole, googleapi.ChunkSize(0), googleapi.ContentType(mediaType(f.Type))).
		Context(transport.Streaming(ctx)).Do()
	if whole.err != nil {
		return platforms.Upload{}, &platforms.Error{Kind: platforms.TryLater, Op: "google: " + op, Err: whole.err, Time: a.w.env.Now()}
	}
	if err != nil {
		return platforms.Upload{}, failed(op, err)
	}
	if made.AttachmentDataRef == nil || made.AttachmentDataRef.AttachmentUploadToken == "" {
		return platforms.Upload{}, &platforms.Error{Kind: platforms.Internal, Op: "google: " + op, Text: "the answer names no upload"}
	}
	return platforms.Upload{Ref: made.AttachmentDataRef.AttachmentUploadToken, Name: name}, nil
}

// attached are the uploads of a draft as a message holds them.
func attached(files []platforms.Upload) []*chat.Attachment {
	var list []*chat.Attachment
	for _, f := range files {
		list = append(list, &chat.Attachment{
			ContentName:       f.Name,
			AttachmentDataRef: &chat.AttachmentDataRef{AttachmentUploadToken: f.Ref},
		})
	}
	return list
}

// fileName is a name that is nothing but a name: the last part of a path,
// without what does not show, never empty.
func fileName(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, name))
	for len(name) > maxFileName {
		name = shorter(name)
	}
	if strings.Trim(name, ".") == "" {
		return "file"
	}
	return name
}

// shorter takes one character from a name, before its ending.
func shorter(name string) string {
	stem, ending := name, ""
	if i := strings.LastIndexByte(name, '.'); i > len(name)-16 {
		stem, ending = name[:i], name[i:]
	}
	runes := []rune(stem)
	return string(runes[:len(runes)-1]) + ending
}

func mediaType(t string) string {
	if t == "" {
		return "application/octet-stream"
	}
	return t
}

var errNotWhole = errors.New("the file is not as long as it was said to be")

// exactly reads as many bytes as were promised, or fails: a file that broke off
// must not be taken for the whole.
type exactly struct {
	r    io.Reader
	left int64
	err  error
}

// Read implements io.Reader.
func (e *exactly) Read(p []byte) (int, error) {
	n, err := e.r.Read(p)
	e.left -= int64(n)
	switch {
	case e.left < 0, errors.Is(err, io.EOF) && e.left > 0:
		err = errNotWhole
	}
	if err != nil && !errors.Is(err, io.EOF) {
		e.err = err
	}
	return n, err
}
