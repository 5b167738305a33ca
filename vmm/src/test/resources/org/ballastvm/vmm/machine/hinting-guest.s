# A guest that names its free pages, and goes on writing to them. HintingGuest has it assembled: as, objcopy -O binary.
.intel_syntax noprefix
.code64

.set RING, 0x600000
.set CMD, 0x603000
.set GO, 0x604000
.set STATE, 0x604004
.set LEDGER, 0x800000
.set FREE, 0x2000000
.set PAGES, 16384
start:
 mov eax, 0x80001804
 mov dx, 0xcf8
 out dx, eax
 mov ax, 6
 mov dx, 0xcfc
 out dx, ax
 mov eax, 0x80001820
 mov dx, 0xcf8
 out dx, eax
 mov dx, 0xcfc
 in eax, dx
 and eax, 0xfffffff0
 mov ebx, eax
 mov byte ptr [rbx+0x14], 0
 mov byte ptr [rbx+0x14], 1
 mov byte ptr [rbx+0x14], 3
 mov dword ptr [rbx+8], 0
 mov dword ptr [rbx+0xc], 8
 mov dword ptr [rbx+8], 1
 mov dword ptr [rbx+0xc], 1
 mov byte ptr [rbx+0x14], 0xb
 mov word ptr [rbx+0x16], 2
 mov word ptr [rbx+0x18], 128
 mov dword ptr [rbx+0x20], RING
 mov dword ptr [rbx+0x24], 0
 mov dword ptr [rbx+0x28], RING+0x1000
 mov dword ptr [rbx+0x2c], 0
 mov dword ptr [rbx+0x30], RING+0x2000
 mov dword ptr [rbx+0x34], 0
 mov word ptr [rbx+0x1c], 1
 mov byte ptr [rbx+0x14], 0xf
 xor r15d, r15d
 mov r13d, 1
 # descriptors 0..63: 1 MiB each; 64: the command
 xor ecx, ecx
desc:
 mov eax, ecx
 shl eax, 4
 mov edx, ecx
 shl edx, 20
 add edx, FREE
 mov dword ptr [rax+RING], edx
 mov dword ptr [rax+RING+4], 0
 mov dword ptr [rax+RING+8], 0x100000
 mov dword ptr [rax+RING+12], 2
 inc ecx
 cmp ecx, 64
 jb desc
 mov dword ptr [RING+0x400], CMD
 mov dword ptr [RING+0x404], 0
 mov dword ptr [RING+0x408], 4
 mov dword ptr [RING+0x40c], 0
run:
 # populate: page = run << 32 | page + 1
 xor ecx, ecx
 mov edi, FREE
fill:
 mov rax, r13
 shl rax, 32
 lea edx, [rcx+1]
 or rax, rdx
 mov qword ptr [rdi], rax
 mov qword ptr [LEDGER+rcx*8], 0
 add edi, 4096
 inc ecx
 cmp ecx, PAGES
 jb fill
 mov dword ptr [STATE], r13d
asked:
 pause
 mov eax, dword ptr [rbx+0x2008]
 test eax, eax
 jns asked
 mov dword ptr [CMD], eax
 mov eax, 64
 call offer
 xor ebp, ebp
name:
 mov eax, ebp
 call offer
 mov ecx, 200
 call writes
 inc ebp
 cmp ebp, 64
 jb name
 # stop; the command that is in the buffer was read: await used == avail
drain:
 pause
 mov ax, word ptr [RING+0x2002]
 cmp ax, r15w
 jne drain
 mov dword ptr [CMD], 0
 mov eax, 64
 call offer
giving:
 mov ecx, 100
 call writes
 mov eax, dword ptr [rbx+0x2008]
 cmp eax, 1
 jne giving
 mov eax, r13d
 neg eax
 mov dword ptr [STATE], eax
go:
 pause
 cmp dword ptr [GO], r13d
 jne go
 inc r13d
 jmp run

offer: # eax = descriptor
 movzx edx, r15w
 and edx, 127
 mov word ptr [RING+0x1004+rdx*2], ax
 inc r15d
 mov word ptr [RING+0x1002], r15w
 mov word ptr [rbx+0x3008], 2
 ret

writes: # ecx of them; pages whose number ends in 15 are left to devices
 mov rax, r12
 shl rax, 13
 xor r12, rax
 mov rax, r12
 shr rax, 7
 xor r12, rax
 mov rax, r12
 shl rax, 17
 xor r12, rax
 mov edx, r12d
 shr edx, 4
 and edx, PAGES-1
 mov eax, edx
 and eax, 15
 cmp eax, 15
 je skip
 mov edi, edx
 shl edi, 12
 mov qword ptr [rdi+FREE], r12
 mov qword ptr [LEDGER+rdx*8], r12
skip:
 dec ecx
 jnz writes
 ret
