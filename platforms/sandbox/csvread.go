package sandbox

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

const (
	// largestCSV is more than ten times what the vendors' exports hold at most.
	largestCSV = 512 << 20
	// longestRow is how many lines one row may span before its quotation mark
	// counts as never closed.
	longestRow = 50
)

// table is an exported file in memory: where each column is, and the rows.
type table struct {
	columns map[string]int // by name as columnKey makes it
	rows    []tableRow
}

type tableRow struct {
	line   int // of the file, 1 is the first
	fields []string
}

func (t *table) get(r tableRow, column string) string {
	i, ok := t.columns[columnKey(column)]
	if !ok {
		return ""
	}
	return strings.TrimSpace(r.fields[i])
}

// columnKey makes header names comparable: without case, spaces around, and the
// notes in brackets that Google's names end in.
func columnKey(name string) string {
	name, _, _ = strings.Cut(name, "[")
	return strings.ToLower(strings.TrimSpace(name))
}

// readTable reads an export with the columns wanted. Rows that cannot be read
// are told by line and reason.
func readTable(form exportForm, r io.Reader) (*table, []RowProblem, error) {
	lines, err := readLines(r)
	if err != nil {
		return nil, nil, fmt.Errorf("read the %s file: %w", form.file, err)
	}
	head := 0
	for head < len(lines) && (strings.TrimSpace(lines[head]) == "" || strings.HasPrefix(lines[head], "sep=")) {
		head++
	}
	if head == len(lines) {
		return nil, nil, fmt.Errorf("the %s file is empty", form.file)
	}
	comma := delimiter(lines[head])
	names := splitRow(lines[head], comma)
	t := &table{columns: map[string]int{}}
	for i, name := range names {
		if key := columnKey(name); key != "" {
			if _, twice := t.columns[key]; !twice {
				t.columns[key] = i
			}
		}
	}
	if err := form.accepts(t.columns); err != nil {
		return nil, nil, err
	}
	problems := t.fill(form.file, lines, head+1, comma, len(names))
	return t, problems, nil
}

// readLines decodes a file and splits it; a carriage return before the line
// feed is dropped.
func readLines(r io.Reader) ([]string, error) {
	data, err := io.ReadAll(io.LimitReader(r, largestCSV+1))
	if err != nil {
		return nil, err
	}
	if len(data) > largestCSV {
		return nil, fmt.Errorf("it is larger than %d MB", largestCSV>>20)
	}
	text, err := decode(data)
	if err != nil {
		return nil, err
	}
	if !strings.Contains(text, "\n") {
		text = strings.ReplaceAll(text, "\r", "\n")
	}
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimSuffix(lines[i], "\r")
	}
	return lines, nil
}

// decode understands UTF-8, UTF-16 with and without a byte order mark, and, for what an old
// spreadsheet saved, Windows-1252.
func decode(data []byte) (string, error) {
	switch {
	case strings.HasPrefix(string(data[:min(len(data), 3)]), "\xef\xbb\xbf"):
		data = data[3:]
	case len(data) >= 2 && (data[0] == 0xff && data[1] == 0xfe || data[0] == 0xfe && data[1] == 0xff):
		if len(data)%2 != 0 {
			return "", errors.New("it is cut off: UTF-16 with an odd number of bytes")
		}
		wide, err := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(data)
		if err != nil {
			return "", fmt.Errorf("decode UTF-16: %w", err)
		}
		return string(wide), nil
	}
	if order, ok := unmarked(data); ok {
		wide, err := unicode.UTF16(order, unicode.IgnoreBOM).NewDecoder().Bytes(data)
		if err != nil {
			return "", fmt.Errorf("decode UTF-16: %w", err)
		}
		return string(wide), nil
	}
	if utf8.Valid(data) {
		return string(data), nil
	}
	narrow, err := charmap.Windows1252.NewDecoder().Bytes(data)
	if err != nil {
		return "", fmt.Errorf("decode Windows-1252: %w", err)
	}
	return string(narrow), nil
}

// unmarked tells UTF-16 without a byte order mark by the zero bytes beside the
// header's letters, which are all ASCII.
func unmarked(data []byte) (unicode.Endianness, bool) {
	head := data[:min(len(data), 40)&^1]
	zeros := [2]int{}
	for i, b := range head {
		if b == 0 {
			zeros[i%2]++
		}
	}
	switch enough := len(head) * 2 / 5; {
	case len(head) == 0 || len(data)%2 != 0:
		return unicode.LittleEndian, false
	case zeros[1] >= enough && zeros[0] == 0:
		return unicode.LittleEndian, true
	case zeros[0] >= enough && zeros[1] == 0:
		return unicode.BigEndian, true
	}
	return unicode.LittleEndian, false
}

// delimiter is whichever of comma, semicolon and tab the header has most of.
func delimiter(header string) rune {
	best, most := ',', 0
	for _, c := range ",;\t" {
		n, quoted := 0, false
		for _, r := range header {
			if r == '"' {
				quoted = !quoted
			} else if r == c && !quoted {
				n++
			}
		}
		if n > most {
			best, most = c, n
		}
	}
	return best
}

// fill reads the rows after the header, each of which should have want columns.
func (t *table) fill(file string, lines []string, from int, comma rune, want int) []RowProblem {
	var problems []RowProblem
	for i := from; i < len(lines); {
		if strings.TrimSpace(lines[i]) == "" {
			i++
			continue
		}
		fields, next, reason := readRow(lines, i, comma, want)
		if reason == "" {
			t.rows = append(t.rows, tableRow{line: i + 1, fields: fields})
		} else {
			problems = append(problems, RowProblem{File: file, Line: i + 1, Reason: reason})
		}
		i = next
	}
	return problems
}

// readRow reads the row that starts at line i. A quoted field may go over
// several lines. Where that leads nowhere the line is taken by itself, so that
// one stray quotation mark costs one row only.
func readRow(lines []string, i int, comma rune, want int) (fields []string, next int, reason string) {
	quotes, end := strings.Count(lines[i], `"`), i+1
	for quotes%2 != 0 && end < len(lines) && end-i < longestRow {
		quotes += strings.Count(lines[end], `"`)
		end++
	}
	if quotes%2 == 0 {
		if fields = splitRow(strings.Join(lines[i:end], "\n"), comma); len(fields) == want {
			return fields, end, ""
		}
	}
	alone := splitRow(lines[i], comma)
	switch {
	case end > i+1 && len(alone) == want:
		return alone, i + 1, ""
	case quotes%2 != 0:
		return nil, i + 1, "a quotation mark is not closed"
	case end > i+1:
		return nil, i + 1, "a quotation mark is not closed, or a wrong number of columns"
	}
	return nil, end, fmt.Sprintf("%d columns instead of %d", len(fields), want)
}

// splitRow splits one row into its fields.
func splitRow(row string, comma rune) []string {
	if !strings.Contains(row, `"`) {
		return strings.Split(row, string(comma))
	}
	reader := csv.NewReader(strings.NewReader(row))
	reader.Comma, reader.LazyQuotes, reader.FieldsPerRecord = comma, true, -1
	fields, err := reader.Read()
	if err != nil {
		return nil
	}
	return fields
}
