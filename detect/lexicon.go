package detect

import (
	_ "embed"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/wardfold/wardfold/detect/internal/address"
	"github.com/wardfold/wardfold/detect/internal/han"
	"github.com/wardfold/wardfold/detect/internal/person"
)

// category is what a word says: a cue for kinds of numbers, a word against, or a
// term that says something about a person.
type category uint8

const (
	noCategory category = iota
	cueID
	cueMobile
	cueLandline
	cueBank
	cuePassport
	cuePermit
	cueTaiwan
	cueForeigner
	cueStudent
	cueBirthCertificate
	cuePlate
	cueVIN
	cueEmail
	cueWeChat
	cueQQ
	cueBirth
	cueAge
	cueName
	cueAddress
	cueLocation
	cueGender
	cueEthnic
	cueSchool
	cueClass
	cueGrade
	cueMarks
	cueRank
	cueGuardian
	cueHealth
	cueReligion
	cueBiometric
	cueDifficulty
	cuePassword
	cueMessages
	cueProperty
	cueCredit
	cueLodging
	cueTransaction
	cueAgainst
	termKin
	termReligion
	termBiometric
	termDifficulty
	termHealth
	termGrade
	termSchool
	termMeasure
	termDegrees
)

var categoryNames = strings.Fields(`- id mobile landline bank passport permit taiwan foreigner student birthcert plate vin
	email wechat qq birth age name address location gender ethnic school class grade marks rank guardian healthword
	religionword biometricword difficultyword password messages property credit lodging transaction against kin religion biometric difficulty health gradeword schoolword measure degrees`)

// categories is a set of categories.
type categories uint64

func (c category) set() categories { return 1 << c }

func (s categories) has(c category) bool { return s>>c&1 != 0 }

// kindCues says which cues speak for a kind.
var kindCues = [kinds]categories{
	ResidentID:       cueID.set(),
	ResidencePermit:  cueID.set() | cuePermit.set(),
	HomePermit:       cuePermit.set() | cueID.set(),
	TaiwanPermit:     cueTaiwan.set(),
	TravelPermit:     cuePermit.set() | cueID.set(),
	ForeignerPermit:  cueForeigner.set() | cueID.set(),
	Passport:         cuePassport.set() | cueID.set(),
	StudentNumber:    cueStudent.set(),
	BirthCertificate: cueBirthCertificate.set(),
	Mobile:           cueMobile.set() | cueWeChat.set() | cueLandline.set() | cueName.set(),
	Landline:         cueLandline.set() | cueMobile.set(),
	BankCard:         cueBank.set(),
	Plate:            cuePlate.set(),
	VIN:              cueVIN.set(),
	Email:            cueEmail.set(),
	WeChat:           cueWeChat.set(),
	QQ:               cueQQ.set(),
	BirthDate:        cueBirth.set(),
	Age:              cueAge.set(),
	Location:         cueLocation.set(),
}

// numberCues are the cues that name a number of some kind.
const numberCues categories = 1<<(cueQQ+1) - 2

var (
	//go:embed words.txt
	wordText string
	//go:embed labels.txt
	labelText string
)

// lexicon is the keywords, shared by all scanners and built once.
type lexicon struct {
	trie   *han.Trie
	watch  *person.Watch       // what Finder of names sees of them and of addresses
	labels map[string]category // names of columns and keys in Latin letters
	final  [1024]uint64        // hash of the last two characters of cues
}

// ends reports whether a cue may end with two characters.
func (l *lexicon) ends(a, b uint32) bool {
	h := lastTwo(a, b)
	return l.final[h>>6]>>(h&63)&1 != 0
}

func lastTwo(a, b uint32) uint32 { return (a*0x9e3779b1 ^ b*0x85ebca6b) >> 16 }

var words = sync.OnceValue(func() *lexicon {
	l := &lexicon{trie: han.NewTrie(), labels: make(map[string]category)}
	eachWord(wordText, func(c category, word string) {
		l.trie.Add(word, uint16(c))
		if b := []byte(word); c <= cueAgainst {
			h := lastTwo(back(b, len(b)-3), back(b, len(b)))
			l.final[h>>6] |= 1 << (h & 63)
		}
	})
	eachWord(labelText, func(c category, word string) { l.labels[word] = c })
	eachTerm(func(term string) { l.trie.Add(term, uint16(termHealth)) })
	l.watch = person.NewWatch(address.Tells, address.Opens, alone, func(add func(a, b rune)) {
		pair := func(word string) {
			a, n := utf8.DecodeRuneInString(word)
			b, _ := utf8.DecodeRuneInString(word[n:])
			add(a, b)
		}
		eachWord(wordText, func(_ category, word string) { pair(word) })
		eachTerm(pair)
	})
	return l
})

// eachWord reads lines of a category and its words.
func eachWord(text string, fn func(category, string)) {
	byName := make(map[string]category)
	for i, name := range categoryNames {
		byName[name] = category(i)
	}
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) == 0 || fields[0][0] == '#' {
			continue
		}
		for _, word := range fields[1:] {
			fn(byName[fields[0]], word)
		}
	}
}
