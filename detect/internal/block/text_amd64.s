//go:build !purego

#include "textflag.h"

// func readAVX2(gates, ascii *uint64, b *byte, n, end int, runes *rune, at *int32, out *uint64, offset int) (count, used int)
// It reads characters from the n bytes at b, the first of which is at offset, until
// one begins at end or is neither of ASCII nor of three bytes, or is odd: eight at a
// time where they are wide. It stops where less than 28 bytes are left to look at.
TEXT ·readAVX2(SB), NOSPLIT, $0-88
	MOVQ           gates+0(FP), R8
	MOVQ           ascii+8(FP), R14
	MOVQ           b+16(FP), SI
	MOVQ           n+24(FP), CX
	MOVQ           end+32(FP), R15
	MOVQ           runes+40(FP), DI
	MOVQ           at+48(FP), R9
	MOVQ           out+56(FP), R10
	ADDQ           SI, R15
	VBROADCASTI128 ·shuffle+0(SB), Y15
	VPBROADCASTD   ·words+0(SB), Y14  // 3F
	VPBROADCASTD   ·words+4(SB), Y13  // FC0
	VPBROADCASTD   ·words+8(SB), Y12  // F000
	VPBROADCASTD   ·words+12(SB), Y11 // F00000
	VPBROADCASTD   ·words+16(SB), Y10 // E00000
	VPBROADCASTD   ·words+20(SB), Y9  // 24
	MOVBLZX        (SI), AX
	CMPL           AX, $0x80
	JLT            narrow
	JMP            begin

wide:
	CMPQ CX, $28
	JLT  done

	VMOVDQU     (SI), X0
	VINSERTI128 $1, 12(SI), Y0, Y0
	VPSHUFB     Y15, Y0, Y0
	VPAND       Y11, Y0, Y1
	VPCMPEQD    Y10, Y1, Y1
	VPAND       Y14, Y0, Y2
	VPSRLD      $2, Y0, Y3
	VPAND       Y13, Y3, Y3
	VPSRLD      $4, Y0, Y4
	VPAND       Y12, Y4, Y4
	VPOR        Y3, Y2, Y2
	VPOR        Y4, Y2, Y2
	VMOVDQU     Y2, (DI)
	VMOVDQU     Y8, (R9)

	VMOVMSKPS    Y1, DX           // of three bytes
	VEXTRACTI128 $1, Y2, X3
	VMOVQ        X2, AX
	VPEXTRQ      $1, X2, BX
	VMOVQ        X3, R11
	VPEXTRQ      $1, X3, R12
	MOVL         AX, R13
	SHRQ         $32, AX
	MOVQ         (R8)(R13*8), R13
	MOVQ         (R8)(AX*8), AX
	MOVQ         R13, (R10)
	MOVQ         AX, 8(R10)
	ORQ          AX, R13
	MOVL         BX, AX
	SHRQ         $32, BX
	MOVQ         (R8)(AX*8), AX
	MOVQ         (R8)(BX*8), BX
	MOVQ         AX, 16(R10)
	MOVQ         BX, 24(R10)
	ORQ          AX, R13
	ORQ          BX, R13
	MOVL         R11, AX
	SHRQ         $32, R11
	MOVQ         (R8)(AX*8), AX
	MOVQ         (R8)(R11*8), R11
	MOVQ         AX, 32(R10)
	MOVQ         R11, 40(R10)
	ORQ          AX, R13
	ORQ          R11, R13
	MOVL         R12, AX
	SHRQ         $32, R12
	MOVQ         (R8)(AX*8), AX
	MOVQ         (R8)(R12*8), R12
	MOVQ         AX, 48(R10)
	MOVQ         R12, 56(R10)
	ORQ          AX, R13
	ORQ          R12, R13
	JLT          odd
	CMPL         DX, $0xff
	JNE          last

	ADDQ   $24, SI
	SUBQ   $24, CX
	ADDQ   $32, DI
	ADDQ   $32, R9
	ADDQ   $64, R10
	VPADDD Y9, Y8, Y8
	JMP    wide

last: // the first that is not of three bytes
	NOTL DX
	BSFL DX, AX
	JMP  stop

odd: // the first that is odd or not of three bytes
	XORL AX, AX

next:
	BTL  AX, DX
	JCC  stop
	CMPQ (R10)(AX*8), $0
	JLT  stop
	INCL AX
	JMP  next

stop:
	LEAQ    (DI)(AX*4), DI
	LEAQ    (R9)(AX*4), R9
	LEAQ    (R10)(AX*8), R10
	LEAQ    (AX)(AX*2), AX
	ADDQ    AX, SI
	SUBQ    AX, CX
	CMPQ    SI, R15
	JGE     done
	MOVBLZX (SI), AX
	CMPL    AX, $0x80
	JGE     done

narrow:
	MOVQ    $0x0080808000000080, R12 // NarrowFlags
	MOVQ    SI, R13
	SUBQ    b+16(FP), R13
	ADDQ    offset+64(FP), R13

ascii:
	MOVQ    (R14)(AX*8), BX
	MOVQ    BX, R11
	ANDQ    R12, R11
	MOVQ    R11, (R10)
	SHRQ    $8, BX                   // NarrowRune
	ANDL    $0x1fffff, BX
	MOVL    BX, (DI)
	MOVL    R13, (R9)
	ADDQ    $4, DI
	ADDQ    $4, R9
	ADDQ    $8, R10
	INCQ    R13
	INCQ    SI
	DECQ    CX
	CMPQ    SI, R15
	JGE     done
	MOVBLZX (SI), AX
	CMPL    AX, $0x80
	JLT     ascii

begin: // where no character of ASCII stands
	SHRL         $4, AX
	CMPL         AX, $0xe
	JNE          done
	CMPQ         CX, $28
	JLT          done
	MOVQ         SI, R13
	SUBQ         b+16(FP), R13
	ADDQ         offset+64(FP), R13
	MOVQ         R13, X8
	VPBROADCASTD X8, Y8
	VPADDD       ·threes+0(SB), Y8, Y8 // where the characters are
	JMP          wide

done:
	SUBQ b+16(FP), SI
	MOVQ SI, used+80(FP)
	SUBQ runes+40(FP), DI
	SHRQ $2, DI
	MOVQ DI, count+72(FP)
	VZEROUPPER
	RET

// func meetAVX2(gates *uint64, runes *rune, meets, a, b, c *uint64, pairs *uint32, count int)
// For count times eight runes it does what meetPlain does.
TEXT ·meetAVX2(SB), NOSPLIT, $0-64
	MOVQ         gates+0(FP), SI
	MOVQ         runes+8(FP), DI
	MOVQ         meets+16(FP), R8
	MOVQ         a+24(FP), R9
	MOVQ         b+32(FP), R11
	MOVQ         c+40(FP), R13
	MOVQ         pairs+48(FP), R10
	MOVQ         count+56(FP), CX
	VPBROADCASTD ·words+24(SB), Y15 // pairA
	VPBROADCASTD ·words+28(SB), Y14 // pairB
	VPBROADCASTD ·words+32(SB), Y13 // words of Pairs
	VPBROADCASTD ·words+36(SB), Y12 // 31
	VPBROADCASTD ·words+40(SB), Y10 // lanes without flags
	VPBROADCASTD ·words+44(SB), Y9  // reach
	VPXOR        Y8, Y8, Y8
	XORQ         DX, DX

meet:
	VPMULLD    (DI), Y15, Y0
	VPMULLD    4(DI), Y14, Y1
	VPADDD     Y1, Y0, Y0
	VPSRLD     $13, Y0, Y1
	VPAND      Y13, Y1, Y1
	VPCMPEQD   Y2, Y2, Y2
	VPGATHERDD Y2, (R10)(Y1*4), Y3
	VPSRLD     $26, Y0, Y1
	VPAND      Y12, Y1, Y1
	VPSRLVD    Y1, Y3, Y1
	VPSLLD     $31, Y1, Y1
	VMOVMSKPS  Y1, R12               // in Pairs, of B
	VPSRLD     $8, Y0, Y0
	VPAND      Y12, Y0, Y0
	VPSRLVD    Y0, Y3, Y3
	VPSLLD     $31, Y3, Y3
	VMOVMSKPS  Y3, BX                // in Pairs, meet

	VMOVDQU   (SI), Y0
	VMOVDQU   32(SI), Y1
	VMOVDQU   8(SI), Y4
	VMOVDQU   40(SI), Y5
	VSHUFPS   $0x88, Y1, Y0, Y2      // first
	VSHUFPS   $0xdd, Y1, Y0, Y0      // flags
	VSHUFPS   $0xdd, Y5, Y4, Y4      // second
	VPAND     Y10, Y4, Y4
	VPADDD    Y4, Y2, Y2
	VPAND     Y9, Y2, Y2
	VPCMPEQD  Y8, Y2, Y2
	VPERMQ    $0xd8, Y2, Y2          // as the runes stand
	VMOVMSKPS Y2, AX
	XORL      $0xff, AX
	ORL       BX, AX
	MOVB      AX, (R8)(DX*1)
	VPERMQ    $0xd8, Y0, Y0
	VPSLLD    $24, Y0, Y1
	VMOVMSKPS Y1, AX
	MOVB      AX, (R9)(DX*1)
	VPSLLD    $16, Y0, Y1
	VMOVMSKPS Y1, AX
	ORL       R12, AX
	MOVB      AX, (R11)(DX*1)
	VPSLLD    $8, Y0, Y1
	VMOVMSKPS Y1, AX
	MOVB      AX, (R13)(DX*1)
	ADDQ      $64, SI
	ADDQ      $32, DI
	INCQ      DX
	DECQ      CX
	JNZ       meet

	VZEROUPPER
	RET
